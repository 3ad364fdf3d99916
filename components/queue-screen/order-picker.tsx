import type { MessagesView } from '#components/queries/messages.ts';

export function OrderPicker({
  order,
  onOrder,
}: {
  order: MessagesView['order'];
  onOrder: (order: MessagesView['order']) => void;
}) {
  return (
    <select
      aria-label="Order"
      value={order}
      onChange={(event) => onOrder(event.target.value === 'oldest' ? 'oldest' : 'newest')}
      className="h-8 rounded-md border border-line-strong bg-panel px-2 text-xs font-[550]"
    >
      <option value="newest">Newest first</option>
      <option value="oldest">Oldest first</option>
    </select>
  );
}
