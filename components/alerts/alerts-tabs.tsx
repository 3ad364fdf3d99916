import clsx from 'clsx';
import Link from 'next/link';

const tabs = [
  { href: '/alerts', label: 'Alerts' },
  { href: '/alerts/risks', label: 'Risks' },
] as const;

/** What fires, and what is set up so that it will. */
export function AlertsTabs({ current }: { current: (typeof tabs)[number]['href'] }) {
  return (
    <nav aria-label="Alerts and risks" className="flex gap-0.5 rounded-[5px] bg-sunk p-0.5">
      {tabs.map(({ href, label }) => (
        <Link
          key={href}
          href={href}
          aria-current={href === current ? 'page' : undefined}
          className={clsx(
            'grid h-6 items-center rounded px-2.5 text-xs font-[550]',
            href === current ? 'bg-panel text-text shadow-[0_0_0_1px_var(--line-strong)]' : 'text-soft hover:text-text',
          )}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
