import { cookies } from 'next/headers';
import { readFrame } from '#app/first-reads.ts';
import { introCookie } from '#components/overview/intro-cookie.ts';
import { OverviewScreen } from '#components/overview/overview-screen.tsx';
import { Prefetched } from '#components/queries/prefetched.tsx';

export default async function OverviewPage() {
  const introHidden = (await cookies()).get(introCookie)?.value === 'hidden';
  return (
    <Prefetched read={readFrame}>
      <OverviewScreen introHidden={introHidden} />
    </Prefetched>
  );
}
