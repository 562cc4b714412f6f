import type { Batch } from '../../../core/parallel/work';
import type { TaskOutput } from './crew-messages';

/**
 * Does one input after the other of those that no other thread has begun, until there are none. Where one fails, no thread
 * begins another.
 *
 * @param next the next input that nobody does yet; shared
 */
export function takeTasks({ task, inputs }: Batch, next: Int32Array, thread: number): TaskOutput[] {
  const outputs: TaskOutput[] = [];
  try {
    for (;;) {
      const index = Atomics.add(next, 0, 1);
      if (index >= inputs.length) return outputs;
      outputs.push({ index, output: task.run(inputs[index], thread) });
    }
  } catch (error) {
    Atomics.store(next, 0, inputs.length);
    throw error;
  }
}
