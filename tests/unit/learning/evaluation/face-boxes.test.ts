import { describe, expect, it } from 'vitest';
import { KindredError } from '../../../../app/contract/errors.ts';
import { parseFaceBoxes } from '../../../../app/learning/evaluation/face-boxes.ts';

const dataset = (images: string): string =>
  `<?xml version='1.0' encoding='ISO-8859-1'?>
<?xml-stylesheet type='text/xsl' href='image_metadata_stylesheet.xsl'?>
<dataset>
<name>Faces</name>
<images>
${images}
</images>
</dataset>`;

function errorOf(text: string): KindredError {
  try {
    parseFaceBoxes(text, 'boxes.txt');
  } catch (error) {
    if (error instanceof KindredError) return error;
    throw error;
  }
  throw new Error('It was read.');
}

describe("imglab's XML", () => {
  it('gives the boxes of each photo, also where there are none', () => {
    const text = dataset(`  <image file='a.jpg' width='500' height='332'>
    <box top='181' left='274' width='52' height='53'/>
    <box top='-4.5' left='55' width='44' height='44' ignore='1' pose="2">
      <label>ana &amp; bo</label>
      <part name='00' x='60' y='10'/>
    </box>
  </image>
  <image file='sub/b &lt;1&gt;.jpg'/>`);
    expect(parseFaceBoxes(text, 'boxes.xml')).toEqual([
      {
        file: 'a.jpg',
        line: 6,
        boxes: [
          { x: 274, y: 181, width: 52, height: 53, ignore: false },
          { x: 55, y: -4.5, width: 44, height: 44, ignore: true },
        ],
      },
      { file: 'sub/b <1>.jpg', line: 13, boxes: [] },
    ]);
  });

  it('may begin with a byte order mark or empty lines', () => {
    expect(parseFaceBoxes(`\uFEFF<dataset><image file='a.jpg'/></dataset>`, 'boxes.xml')).toHaveLength(1);
    expect(parseFaceBoxes(`\n\n<dataset><image file='a.jpg'/></dataset>`, 'boxes.xml')).toHaveLength(1);
  });

  it.each([
    ['is cut off', dataset(`<image file='a.jpg'>`).slice(0, -30), 'line 6: This is not well-formed XML'],
    ['ends in the middle of a tag', `<dataset>\n<image file='a`, 'line 2: This is not well-formed XML'],
    ['does not nest', dataset('<image file="a.jpg"></box>'), 'line 6: This is not well-formed XML'],
    ['asks for entities', dataset(`<image file='&secret;'/>`), 'line 6: This is not well-formed XML'],
    ['is another kind of XML', '<annotation>\n</annotation>', 'line 1: Boxes in XML should be in a <dataset>'],
    ['has no photos', dataset(''), 'There are no photos'],
    ['has a photo without a name', dataset('<image/>'), 'line 6: This <image> names no file'],
    ['has a photo twice', dataset(`<image file='a'/>\n<image file='a'/>`), 'line 7: "a" is already named in line 6'],
    [
      'has a box outside',
      dataset(`<box top='1' left='1' width='1' height='1'/>`),
      'line 6: This <box> is in no <image>',
    ],
    [
      'lacks a number',
      dataset(`<image file='a'>\n<box top='1' left='1' width='1'/></image>`),
      'line 7: A box needs a nu',
    ],
    [
      'has words for numbers',
      dataset(`<image file='a'><box top='one' left='1' width='1' height='1'/></image>`),
      '"one"',
    ],
    ['has an empty box', dataset(`<image file='a'><box top='1' left='1' width='0' height='1'/></image>`), 'wider and'],
    [
      'has a strange mark',
      dataset(`<image file='a'><box top='1' left='1' width='1' height='1' ignore='so'/></image>`),
      '"so"',
    ],
  ])('is bad input where it %s', (_, text, message) => {
    const error = errorOf(text);
    expect(error.kind).toBe('invalid-input');
    expect(error.message).toMatch(/^boxes\.txt, line \d+: /);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('\n');
  });
});

describe('comma-separated values', () => {
  it('give the boxes of each photo, whose lines may lie apart', () => {
    const text =
      'file,x,y,width,height\na.jpg,1,2,30,40\nnobody.jpg\n"b, c.jpg",5,6.5,7,8\na.jpg,-3,4,50,60\nempty.jpg,,,,\n';
    expect(parseFaceBoxes(text, 'boxes.csv')).toEqual([
      {
        file: 'a.jpg',
        line: 2,
        boxes: [
          { x: 1, y: 2, width: 30, height: 40, ignore: false },
          { x: -3, y: 4, width: 50, height: 60, ignore: false },
        ],
      },
      { file: 'nobody.jpg', line: 3, boxes: [] },
      { file: 'b, c.jpg', line: 4, boxes: [{ x: 5, y: 6.5, width: 7, height: 8, ignore: false }] },
      { file: 'empty.jpg', line: 6, boxes: [] },
    ]);
  });

  it('may have another order of columns and more of them, Windows line ends and empty lines', () => {
    expect(parseFaceBoxes('\uFEFFwidth,height,x,y,score,file\r\n\r\n3,4,1,2,0.9,a.jpg\r\n', 'boxes.csv')).toEqual([
      { file: 'a.jpg', line: 3, boxes: [{ x: 1, y: 2, width: 3, height: 4, ignore: false }] },
    ]);
  });

  it.each([
    ['is empty', '', 'line 1: The header line should be'],
    ['has no header', 'a.jpg,1,2,3,4\n', 'line 1: The header line should be "file,x,y,width,height"'],
    ['has no photos', 'file,x,y,width,height\n', 'There are no photos'],
    ['lacks a number', 'file,x,y,width,height\na.jpg,1,2,3\n', 'line 2: A box needs a number for its height'],
    [
      'has words for numbers',
      'file,x,y,width,height\na.jpg,1,2,3,4\nb.jpg,1,2,3,four\n',
      'line 3: A box needs a number',
    ],
    ['has an empty box', 'file,x,y,width,height\na.jpg,1,2,-3,4\n', 'line 2: A box must be wider'],
    ['has too many fields', 'file,x,y,width,height\na.jpg,1,2,3,4,5\n', 'line 2: There are 6 fields'],
    ['names no file', 'file,x,y,width,height\n,1,2,3,4\n', 'line 2: No file is named'],
    ['has an open quote', 'file,x,y,width,height\n"a.jpg,1,2,3,4\n', 'This is not a line of comma-separated values'],
    ['says both', 'file,x,y,width,height\na.jpg\na.jpg,1,2,3,4\n', 'line 3: "a.jpg" is without faces in line 2'],
    [
      'says both, the other way round',
      'file,x,y,width,height\na.jpg,1,2,3,4\na.jpg\n',
      'line 3: "a.jpg" is without faces here',
    ],
  ])('are bad input where the file %s', (_, text, message) => {
    const error = errorOf(text);
    expect(error.kind).toBe('invalid-input');
    expect(error.message).toMatch(/^boxes\.txt, line \d+: /);
    expect(error.message).toContain(message);
  });
});
