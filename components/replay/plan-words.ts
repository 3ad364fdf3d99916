/** What a plan says of its messages, for `count` of them: one is no "them". */
export function planWords(count: number) {
  if (count === 1)
    return {
      editFirst: 'Edit it first',
      where: 'Where it goes',
      whereBack: 'Where it goes back to',
      send: 'Send it',
      cameFrom: 'where it came from',
      whereCameFrom: 'Where it came from',
      changes: 'What changes in it',
      changed: 'What changed in it',
      happens: 'What happens to it',
      which: 'Which it is',
      sent: 'Where the plan sends it',
      willReceive: 'who will receive it',
      wasThere: 'who was there to receive it',
      inTopic: 'It is in its topic still: it is marked as open again, and nothing is sent.',
      wasInTopic: 'It was in its topic all the time: it is open again, and nothing was sent.',
    } as const;
  return {
    editFirst: 'Edit them first',
    where: 'Where they go',
    whereBack: 'Where they go back to',
    send: 'Send them',
    cameFrom: 'where they came from',
    whereCameFrom: 'Where they came from',
    changes: 'What changes in each message',
    changed: 'What changed in each message',
    happens: 'What happens to them',
    which: 'Which they are',
    sent: 'Where the plan sends them',
    willReceive: 'who will receive them',
    wasThere: 'who was there to receive them',
    inTopic: 'They are in their topic still: they are marked as open again, and nothing is sent.',
    wasInTopic: 'They were in their topic all the time: they are open again, and nothing was sent.',
  } as const;
}
