import type { LaunchOptions } from '@playwright/test';
import { chromiumPath } from '#scripts/install-debian.ts';

/** The system's Chromium, where there is one: Playwright's own download is not available everywhere. It runs as root, without a GPU, and calls nobody. */
export function chromiumLaunchOptions(): LaunchOptions {
  const executablePath = chromiumPath();
  return {
    ...(executablePath !== undefined && { executablePath }),
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  };
}
