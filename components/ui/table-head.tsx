/** The heads of a table whose order is fixed: each with the class of its column's width. `cell` is what its cells have as space beside their text. */
export function TableHead({
  heads,
  cell,
}: {
  heads: readonly (readonly [title: string, width: string])[];
  cell: 'px-2.5' | 'px-3.5';
}) {
  return (
    <thead>
      <tr className="h-7 border-b border-line text-left">
        {heads.map(([title, width]) => (
          <th key={title} scope="col" className={`row-title ${cell} ${width}`}>
            {title}
          </th>
        ))}
      </tr>
    </thead>
  );
}
