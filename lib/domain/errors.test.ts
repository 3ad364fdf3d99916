import { expect, test, vi } from 'vitest';
import { AppError, toErrorRecord } from '#lib/domain/errors.ts';

test('an error made by another copy of this module keeps its code', async () => {
  vi.resetModules();
  const copy = await import('#lib/domain/errors.ts');
  expect(copy.AppError).not.toBe(AppError);
  const error = new copy.AppError('not_found', 'There is no such message.', { details: { id: 'm' } });
  expect(error).toBeInstanceOf(AppError);
  expect(toErrorRecord(error)).toEqual({
    code: 'not_found',
    message: 'There is no such message.',
    details: { id: 'm' },
  });
  expect(new Error('plain')).not.toBeInstanceOf(AppError);
});

test('a limit of time that ran out is no defect of ours, and no wish of the caller', async () => {
  const signal = AbortSignal.timeout(1);
  await expect.poll(() => signal.aborted).toBe(true);
  expect(toErrorRecord(signal.reason).code).toBe('timed_out');
  expect(toErrorRecord(AbortSignal.abort().reason).code).toBe('cancelled');
});
