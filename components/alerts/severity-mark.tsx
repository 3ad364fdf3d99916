import { Info, OctagonAlert, TriangleAlert, type LucideIcon } from 'lucide-react';
import { severityTones } from '#components/alerts/prepare-alerts.ts';
import { Pill } from '#components/ui/pill.tsx';
import type { Severity } from '#lib/alerts/rule.ts';

const icons: Readonly<Record<Severity, LucideIcon>> = { critical: OctagonAlert, warning: TriangleAlert, info: Info };

/** Icon and word; with `isOver` without its colour, because it is no longer so. */
export function SeverityMark({ severity, isOver = false }: { severity: Severity; isOver?: boolean }) {
  const Icon = icons[severity];
  return (
    <Pill tone={isOver ? 'plain' : severityTones[severity]} className="justify-self-start">
      <Icon size={12} strokeWidth={2.25} aria-hidden className="shrink-0" />
      {severity}
    </Pill>
  );
}
