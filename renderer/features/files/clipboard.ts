/**
 * Puts text on the clipboard. The desktop window is given no permissions, so there it goes the old way, which needs none.
 *
 * @returns whether it is there
 */
export async function writeToClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelection(text);
  }
}

function copySelection(text: string): boolean {
  const copy = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
    event.clipboardData?.setData('text/plain', text);
  };
  document.addEventListener('copy', copy, { capture: true });
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way that works without a permission
    return document.execCommand('copy');
  } finally {
    document.removeEventListener('copy', copy, { capture: true });
  }
}
