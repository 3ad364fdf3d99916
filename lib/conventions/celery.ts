import type { Convention } from '#lib/conventions/convention.ts';

/** Celery's task protocol 2 (Python): the tries, and nothing of the error. Its headers are the task itself, so none of them is a failure header. */
export const celery: Convention = {
  name: 'Celery',
  marks: ['task'],
  owns: () => false,
  read({ headers }) {
    const retries = headers.integer('retries');
    // `task` and `id` beside it: `retries` alone may be anybody's.
    if (retries === undefined || retries < 0 || !headers.has('id')) return null;
    return {
      failure: { attempts: retries + 1 },
      event: {
        eventType: headers.firstText('task'),
        eventId: headers.firstText('id'),
        // The property of AMQP that is called so holds the task's own id.
        correlationId: headers.firstText('root_id'),
        causationId: headers.firstText('parent_id'),
      },
    };
  },
};
