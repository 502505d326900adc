import { expect, it } from 'vitest';
import { openPhoto } from '../../../app/library/decode.ts';
import { makeSketch } from '../../../app/library/sketch.ts';
import { quarters } from '../../support/bad-photos.ts';

it('a sketch has the colours of the photo where they are', async () => {
  const photo = await openPhoto(await quarters(300, 200).png().toBuffer());
  const { data, width } = await photo.render(300);
  const sketch = makeSketch(await photo.render(300));
  expect(sketch).toHaveLength(27);
  // The corner cells each lie within one quarter of the photo.
  for (const [cell, x, y] of [
    [0, 10, 10],
    [2, 290, 10],
    [6, 10, 190],
    [8, 290, 190],
  ] as const) {
    const at = (y * width + x) * 3;
    for (let channel = 0; channel < 3; channel++)
      expect(Math.abs(sketch[cell * 3 + channel]! - data[at + channel]!)).toBeLessThan(40);
  }
});
