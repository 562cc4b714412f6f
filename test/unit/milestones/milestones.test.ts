import fc from 'fast-check';
import { attributeValue } from '../../../core/graph/attribute-value';
import { traversalText } from '../../../core/graph/traversal';
import { checkMilestones, unknownEvents } from '../../../core/milestones/check-milestones';
import { completionsOf } from '../../../core/milestones/evaluate';
import { durationText, explainMilestone } from '../../../core/milestones/explain';
import { parseJourney } from '../../../core/milestones/journey-text';
import { reachedBy } from '../../../core/milestones/reached';
import { touchedBy } from '../../../core/milestones/touched';
import { triggerOf } from '../../../core/milestones/trigger';
import { TriggerIndex } from '../../../core/milestones/trigger-index';
import { milestoneSpec, type MilestoneSpec } from '../../../schemas/milestone';
import { milestoneCase } from './arbitrary';

const specOf = (spec: object): MilestoneSpec =>
  milestoneSpec.parse({ name: 'm', title: 'M', description: 'D', ...spec });
const steps = (...events: string[]) => events.map((event, index) => ({ name: `s${index}`, events: [event] }));

/** When a journey reaches a milestone, as people write lengths of time. */
function reachedAt(spec: object, journey: string, asOf = Infinity): string[] {
  const parsed = specOf(spec);
  return reachedBy(parsed, completionsOf(parsed, parseJourney(journey)), asOf).reached.map((each) =>
    durationText(each.reachedAt),
  );
}

describe('a milestone is reached', () => {
  it('by steps in their order, each later than the one before', () => {
    const spec = { steps: steps('a', 'b') };
    expect(reachedAt(spec, 'a@0d,b@2d')).toEqual(['2d']);
    expect(reachedAt(spec, 'b@0d,a@2d')).toEqual([]);
    expect(reachedAt(spec, 'a@1d,b@1d')).toEqual([]);
  });

  it('within the windows of its steps and of the whole, their ends included', () => {
    const gap = { steps: [...steps('a'), { name: 'b', events: ['b'], within: '2d' }] };
    expect(reachedAt(gap, 'a@0d,b@2d')).toEqual(['2d']);
    expect(reachedAt(gap, 'a@0d,b@2d1ms')).toEqual([]);
    const whole = { steps: steps('a', 'b', 'c'), within: '3d' };
    expect(reachedAt(whole, 'a@0d,b@2d,c@3d')).toEqual(['3d']);
    expect(reachedAt(whole, 'a@0d,b@2d,c@4d')).toEqual([]);
    expect(reachedAt(whole, 'a@0d,a@1d,b@2d,c@4d')).toEqual(['4d']);
  });

  it('by a way through an earlier event where the latest one leads nowhere', () => {
    const spec = { steps: [...steps('a', 'b'), { name: 'c', events: ['c'], within: '1d' }] };
    expect(reachedAt(spec, 'a@0d,b@1d,a@2d,b@3d,c@4d')).toEqual(['4d']);
    expect(
      reachedAt({ steps: [...steps('a'), { name: 'b', events: ['b'], within: '1d' }] }, 'a@0d,b@2d,a@3d,b@3d12h'),
    ).toEqual(['3d12h']);
  });

  it('with optional steps or without them', () => {
    const spec = { steps: [...steps('a'), { name: 'b', events: ['b'], optional: true }, { name: 'c', events: ['c'] }] };
    expect(reachedAt(spec, 'a@0d,c@1d')).toEqual(['1d']);
    const parsed = specOf(spec);
    expect(completionsOf(parsed, parseJourney('a@0d,b@1d,c@2d')).map((chain) => chain.map(({ step }) => step))).toEqual(
      [[0, 1, 2]],
    );
  });

  it('by so many events in so long', () => {
    const spec = { steps: [{ name: 'calls', events: ['call'], atLeast: { count: 3, within: '7d' } }] };
    expect(reachedAt(spec, 'call@0d,call@6d,call@8d')).toEqual([]);
    expect(reachedAt(spec, 'call@0d,call@6d,call@7d')).toEqual(['7d']);
    expect(reachedAt(spec, 'call@0d,call@6d,call@6d')).toEqual(['6d']);
  });

  it('when what must not follow has not, and the time for it has passed', () => {
    const spec = { steps: steps('bill'), notFollowedBy: { events: ['pay'], within: '14d' } };
    expect(reachedAt(spec, 'bill@0d,pay@15d')).toEqual(['14d']);
    expect(reachedAt(spec, 'bill@0d,pay@14d')).toEqual([]);
    expect(reachedAt(spec, 'bill@1d,pay@1d')).toEqual(['15d']);
    const parsed = specOf(spec);
    const awaited = reachedBy(parsed, completionsOf(parsed, parseJourney('bill@0d')), 0);
    expect(awaited).toEqual({ reached: [], nextDue: 14 * 86_400_000 });
  });

  it('unless something happened before, ever or lately', () => {
    const ever = { steps: steps('bill'), notBefore: { events: ['bill'] } };
    expect(reachedAt(ever, 'bill@0d,bill@30d')).toEqual(['0d']);
    const lately = { steps: steps('complaint'), notBefore: { events: ['complaint'], within: '10d' } };
    expect(reachedAt(lately, 'complaint@0d,complaint@10d,complaint@21d')).toEqual(['0d', '21d']);
  });

  it('again only when it has cooled down', () => {
    expect(reachedAt({ steps: steps('a') }, 'a@0d,a@1d,a@5d')).toEqual(['0d', '1d', '5d']);
    expect(reachedAt({ steps: steps('a'), coolDown: '2d' }, 'a@0d,a@1d,a@2d,a@3d')).toEqual(['0d', '2d']);
    expect(reachedAt({ steps: steps('a'), coolDown: 'never' }, 'a@0d,a@100d')).toEqual(['0d']);
  });

  it('on channels and with attributes that are asked for', () => {
    const spec = { steps: [{ name: 'a', events: ['a'], channels: ['web'], attributes: { amount: { gte: 100 } } }] };
    expect(
      reachedAt(spec, 'a/web;amount=100@0d,a/app;amount=200@1d,a/web;amount=99.5@2d,a/web;amount=x@3d,a/web@4d'),
    ).toEqual(['0d']);
  });

  it('at the same times whatever the order in which its events are told', () => {
    fc.assert(
      fc.property(milestoneCase, fc.infiniteStream(fc.nat()), ({ spec, customers }, order) => {
        const [{ events }] = customers as [(typeof customers)[0]];
        const keyed = events.map((event) => ({ event, key: order.next().value }));
        const other = keyed.sort((a, b) => a.key - b.key).map(({ event }) => event);
        expect(completionsOf(spec, other)).toEqual(completionsOf(spec, events));
      }),
    );
  });

  it('at times that more waiting does not change', () => {
    fc.assert(
      fc.property(milestoneCase, ({ spec, customers, asOf }) => {
        const completions = completionsOf(spec, customers[0]!.events);
        const now = reachedBy(spec, completions, asOf).reached;
        const later = reachedBy(spec, completions, asOf + 100_000).reached;
        expect(later.slice(0, now.length)).toEqual(now);
      }),
    );
  });
});

describe('attributes', () => {
  it.each([
    ['49.90', 49.9],
    ['-0', 0],
    ['007', '007'],
    ['1e3', '1e3'],
    ['12345678901234567890', '12345678901234567890'],
    ['', ''],
  ])('are compared by value: %j is %j', (text, value) => {
    expect(Object.is(attributeValue(text), value)).toBe(true);
  });
});

describe('a spec is refused', () => {
  const known = { events: new Set(['amount']), profiles: new Set(['segment']), webhooks: new Set(['desk']) };
  const problemsOf = (...specs: object[]) => Object.fromEntries(checkMilestones(specs.map(specOf), known).problems);

  it('with windows longer than the one around them', () => {
    expect(problemsOf({ steps: [...steps('a'), { name: 'b', events: ['b'], within: '9d' }], within: '8d' })).toEqual({
      m: [{ field: 'steps.1.within', message: expect.stringContaining('longer than the whole') }],
    });
  });

  it('with attributes that no source tells, naming the nearest', () => {
    const spec = {
      steps: [{ name: 'a', events: ['a'], attributes: { amont: { gt: 1 } } }],
      customers: { segmnt: ['x'] },
    };
    expect(problemsOf(spec)['m']).toEqual([
      { field: 'steps.0.attributes.amont', message: expect.stringContaining('did you mean "amount"') },
      { field: 'customers.segmnt', message: expect.stringContaining('did you mean "segment"') },
    ]);
  });

  it('when the lake is asked for what is made of something that is computed from the graph; the reverse is fine', () => {
    const live = { name: 'live', steps: steps('a'), from: 'graph' };
    expect(problemsOf(live, { steps: steps('milestone:live') })).toEqual({
      m: [{ field: 'from', message: expect.stringContaining('write "from: graph" here too') }],
    });
    expect(problemsOf(live, { steps: steps('milestone:live'), from: 'graph' })).toEqual({});
    expect(problemsOf({ ...live, from: 'lake' }, { steps: steps('milestone:live'), from: 'graph' })).toEqual({});
  });

  it('when it is made of itself by way of others, and so is what is made of it; the rest goes on', () => {
    const checked = checkMilestones(
      [
        specOf({ name: 'a', steps: steps('milestone:b') }),
        specOf({ name: 'b', steps: steps('milestone:a') }),
        specOf({ name: 'c', steps: steps('milestone:b') }),
        specOf({ name: 'good', steps: steps('x') }),
        specOf({ name: 'after-good', steps: steps('milestone:good') }),
      ],
      known,
    );
    expect(checked.milestones.map(({ name }) => name)).toEqual(['good', 'after-good']);
    expect([...checked.problems.keys()].sort()).toEqual(['a', 'b', 'c']);
    expect(JSON.stringify([...checked.problems])).toContain('→');
  });

  it('for an optional end, a name twice, a step that is none, a property of the hub', () => {
    const spec = {
      steps: [
        { name: 's', events: ['a'], optional: true, within: '1d' },
        { name: 's', events: ['b'] },
      ],
      properties: { type: { step: 'z', take: 'channel' } },
    };
    expect(problemsOf(spec)['m']!.map(({ field }) => field)).toEqual([
      'steps.0.optional',
      'steps.0.within',
      'steps.1.name',
      'properties.type.step',
      'properties.type',
    ]);
  });

  it.each([
    [{ gt: 5, lt: 5 }],
    [{ gt: 5, lte: 5 }],
    [{ gte: 5, lt: 5 }],
    [{ gte: 6, lte: 5 }],
    [{ gte: 1, gt: 7, lt: 7 }],
  ])('for a condition that no number fits: %j', (amount) => {
    const notBefore = { events: ['b'], attributes: { amount } };
    expect(problemsOf({ steps: steps('a'), notBefore })['m']).toEqual([
      { field: 'notBefore.attributes.amount', message: expect.stringMatching(/^no number/) },
    ]);
  });

  it('not for one that a single number fits', () => {
    const notBefore = { events: ['b'], attributes: { amount: { gte: 5, lte: 5, gt: 4 } } };
    expect(problemsOf({ steps: steps('a'), notBefore })).toEqual({});
  });

  it('when nothing that is there can wake it', () => {
    const spec = { steps: steps('a'), trigger: { events: ['a', 'b', 'milestone:x'] } };
    expect(problemsOf(spec)['m']).toEqual([
      { field: 'trigger.events', message: expect.stringContaining('no milestone "x"') },
    ]);
    expect(unknownEvents(specOf(spec), new Set(['a']))).toEqual([
      { field: 'trigger.events', message: expect.stringContaining('"b"') },
    ]);
  });

  it('for step types that no journey has', () => {
    expect(unknownEvents(specOf({ steps: steps('chrun', 'milestone:x') }), new Set(['churn']))).toEqual([
      { field: 'steps.0.events', message: expect.stringContaining('did you mean "churn"') },
    ]);
  });

  it.each(['0d', '7', '-1d', '7 days', '1000000d'])('for a window of %s', (within) => {
    expect(() => specOf({ steps: steps('a', 'b'), within })).toThrow();
  });
});

describe('a stored query', () => {
  const trigger = triggerOf(
    { spec: specOf({ steps: steps('a', 'b'), notFollowedBy: { events: ['c'], within: '1d' } }), version: '1' },
    0,
  );

  it('is woken by all that its spec names, unless that says by what', () => {
    expect(trigger.events).toEqual(['a', 'b', 'c']);
    const spec = specOf({ steps: steps('a', 'b'), trigger: { events: ['b'] } });
    expect(triggerOf({ spec, version: '1' }, 0).events).toEqual(['b']);
  });

  it('survives being kept as JSON', () => {
    expect(JSON.parse(JSON.stringify(trigger.traversal))).toEqual(trigger.traversal);
    expect(traversalText(trigger.traversal)).toContain('g.V($customer).hasLabel("Customer")');
  });

  it('is found by what wakes it, its parts first', () => {
    const whole = triggerOf({ spec: specOf({ name: 'whole', steps: steps('milestone:m') }), version: '1' }, 0);
    const index = new TriggerIndex([whole, trigger]);
    expect(index.wokenBy('c').map(({ milestone }) => milestone)).toEqual(['m']);
    expect(index.wokenBy('milestone:m').map(({ milestone }) => milestone)).toEqual(['whole']);
    expect(index.inLevels(['whole', 'm'])).toEqual([['m'], ['whole']]);
  });
});

it('changes of the graph tell whose milestones may be others', () => {
  const properties = {};
  const touched = touchedBy(
    [
      { kind: 'vertex', id: 's/1', label: 'Event', properties: { type: 'a' } },
      { kind: 'vertex', id: 's/2', label: 'Event', properties: { type: 'z' } },
      { kind: 'vertex', id: 's/4', label: 'Event', properties: { type: 'z' }, replaced: { type: 'a' } },
      { kind: 'vertex', id: 's/5', label: 'Event', properties: { type: 'z' }, replaced: { type: 'y' } },
      { kind: 'edge', id: 'p', label: 'PERFORMED', from: 'p1', to: 's/3', properties },
      { kind: 'remove-edge', id: 'i', from: 'p1', to: 'old' },
      { kind: 'remove-edge', id: 'i2', label: 'IDENTIFIED_AS', from: 'p2', to: 'older' },
      { kind: 'remove-edge', id: 'r2', label: 'REACHED', from: 'c', to: 'milestone:z/c/17' },
      { kind: 'edge', id: 'i', label: 'IDENTIFIED_AS', from: 'p1', to: 'new', properties },
      { kind: 'edge', id: 'r', label: 'REACHED', from: 'c', to: 'milestone:a/c/x/17', properties },
      { kind: 'remove-vertex', id: 'milestone:z/c/17' },
    ],
    (type) => type === 'a' || type === 'milestone:a',
  );
  expect([...touched.events]).toEqual(['s/1', 's/4', 's/3']);
  expect([...touched.formerTypes]).toEqual([['s/4', ['a']]]);
  expect([...touched.customers]).toEqual(['old', 'older', 'new']);
  expect([...touched.moved]).toEqual(['p1', 'p2']);
  expect([...touched.milestones]).toEqual([['c/x', new Set(['milestone:a'])]]);
});

describe('a journey that is written down', () => {
  it('has types, channels, attributes and times', () => {
    expect(parseJourney('a@0d, b/phone;x=1;y=z@2d12h')).toMatchObject([
      { type: 'a', channel: '', at: 0, attributes: {} },
      { type: 'b', channel: 'phone', at: 216_000_000, attributes: { x: '1', y: 'z' } },
    ]);
  });

  it.each(['a', 'a@', 'a@x', '@1d', 'a;x@1d', 'a@1d@2d', ''])('is refused, naming the event: %j', (text) => {
    expect(() => parseJourney(text)).toThrow('event 1 of the journey');
  });
});

it('an explanation tells every condition and what held', () => {
  const spec = specOf({ steps: steps('a', 'b'), notFollowedBy: { events: ['c'], within: '5d' } });
  const { conditions, reached, unnamed } = explainMilestone(spec, parseJourney('a@0d,b@1d,B@1d,c@2d'), Infinity);
  expect([reached, unnamed]).toEqual([[], ['B']]);
  expect(conditions.map(({ kept }) => kept.length)).toEqual([1, 1, 0]);
});
