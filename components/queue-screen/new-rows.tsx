/** Says that more match now than the table shows. They come in when the reader asks, so that no row moves under the pointer. */
export function NewRows({
  announcement,
  upwards,
  onShow,
}: {
  /** `12 new`; `null` where there are none. */
  announcement: string | null;
  /** Whether they belong at the top. */
  upwards: boolean;
  onShow: () => void;
}) {
  return (
    <div role="status" className="contents">
      {announcement && (
        <button
          type="button"
          onClick={onShow}
          aria-label={`${announcement}: show them`}
          className="absolute top-0.5 left-1/2 z-20 h-6 -translate-x-1/2 rounded-full bg-accent px-3 text-xs font-[550] text-on-accent shadow-float"
        >
          {upwards ? '↑ ' : ''}
          {announcement}
        </button>
      )}
    </div>
  );
}
