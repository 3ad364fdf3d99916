import { cookies } from 'next/headers';
import { introCookie } from '#components/overview/intro-cookie.ts';
import { OverviewScreen } from '#components/overview/overview-screen.tsx';

export default async function OverviewPage() {
  const introHidden = (await cookies()).get(introCookie)?.value === 'hidden';
  return <OverviewScreen introHidden={introHidden} />;
}
