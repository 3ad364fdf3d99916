/** `hidden` once the sandbox's explanation was put away. */
export const introCookie = 'redeliver-intro';
