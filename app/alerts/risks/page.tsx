import type { Metadata } from 'next';
import { RisksScreen } from '#components/risks/risks-screen.tsx';

export const metadata: Metadata = { title: 'Risks' };

export default function RisksPage() {
  return <RisksScreen />;
}
