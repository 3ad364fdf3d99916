'use client';

import clsx from 'clsx';
import { Monitor, Moon, Sun } from 'lucide-react';
import { useState } from 'react';
import { themeCookie, themes, type Theme } from '#components/shell/theme.ts';
import { radioProps } from '#components/ui/radios.ts';

const looks = {
  system: { icon: Monitor, label: 'As the system' },
  light: { icon: Sun, label: 'Light' },
  dark: { icon: Moon, label: 'Dark' },
} as const;

export function ThemeSwitch({ start }: { start: Theme }) {
  const [theme, setTheme] = useState(start);
  const choose = (next: Theme) => {
    setTheme(next);
    document.cookie = `${themeCookie}=${next}; path=/; max-age=31536000; samesite=lax`;
    if (next === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = next;
  };
  return (
    <div role="radiogroup" aria-label="Theme" className="flex gap-0.5 rounded-md">
      {themes.map((each) => {
        const { icon: Icon, label } = looks[each];
        return (
          <button
            key={each}
            {...radioProps({ id: each, ids: themes, chosen: theme, onChoose: choose })}
            aria-label={label}
            title={label}
            className={clsx(
              'grid size-6 place-items-center rounded',
              theme === each
                ? 'bg-panel text-text shadow-[0_0_0_1px_var(--line-strong)]'
                : 'text-faint hover:text-text',
            )}
          >
            <Icon size={13} aria-hidden />
          </button>
        );
      })}
    </div>
  );
}
