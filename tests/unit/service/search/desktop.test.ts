import { describe, expect, it } from 'vitest';
import { openCommands, revealCommands } from '../../../../app/service/search/desktop.ts';

describe('the commands of the desktop', () => {
  it('take a path as one word on macOS', () => {
    expect(openCommands('darwin', '/a b/c.jpg')).toEqual([{ program: 'open', args: ['/a b/c.jpg'] }]);
    expect(revealCommands('darwin', '/a b/c.jpg')).toEqual([{ program: 'open', args: ['-R', '/a b/c.jpg'] }]);
  });

  it('quote it for Explorer, which reads its own line', () => {
    const path = 'C:\\My photos\\a, b.jpg';
    expect(openCommands('win32', path)[0]).toMatchObject({
      program: 'explorer.exe',
      args: [`"${path}"`],
      verbatim: true,
    });
    expect(revealCommands('win32', path)[0]).toMatchObject({ args: [`/select,"${path}"`], verbatim: true });
  });

  it('let no comma end the address that the file manager is told', () => {
    const [tell, open] = revealCommands('linux', '/a b/c, d é.jpg');
    expect(tell!.args).toContain('array:string:file:///a%20b/c%2C%20d%20%C3%A9.jpg');
    expect(open).toEqual({ program: 'xdg-open', args: ['/a b'] });
  });
});
