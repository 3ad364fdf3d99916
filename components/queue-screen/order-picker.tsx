import { type MessageOrder, messageOrders } from '#lib/domain/message-order.ts';

const names: Readonly<Record<MessageOrder, string>> = {
  newest: 'Newest first',
  oldest: 'Oldest first',
  expiring: 'Soonest expiry first',
};

export function OrderPicker({ order, onOrder }: { order: MessageOrder; onOrder: (order: MessageOrder) => void }) {
  return (
    <select
      aria-label="Order"
      value={order}
      onChange={(event) => onOrder(messageOrders.find((each) => each === event.target.value) ?? 'newest')}
      className="h-8 rounded-md border border-line-strong bg-panel px-2 text-xs font-[550]"
    >
      {messageOrders.map((each) => (
        <option key={each} value={each}>
          {names[each]}
        </option>
      ))}
    </select>
  );
}
