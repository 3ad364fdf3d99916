/** Who asks. Until there are users it is the address, and whether it is a browser or a script. */
export interface Caller {
  readonly actor: string;
  readonly from: string;
}

/** Set by the process for every request, over whatever the client sent. */
export const callerAddressHeader = 'x-redeliver-from';

export function callerOf(request: Request): Caller {
  const address = request.headers.get(callerAddressHeader) ?? 'unknown';
  const kind = request.headers.get('sec-fetch-site') === null ? 'script' : 'console';
  return { actor: kind === 'script' ? 'script' : 'operator', from: `${address} ${kind}` };
}
