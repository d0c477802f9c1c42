const ELLIPSIS = '…';

/** Text from a table on one line of a terminal: no control characters, and no longer than `maxCharacters`. */
export const oneLine = (text: string, maxCharacters = Number.POSITIVE_INFINITY): string => {
  const line = text.replace(/\p{Cc}+/gu, ' ');
  return line.length <= maxCharacters ? line : `${line.slice(0, maxCharacters - 1)}${ELLIPSIS}`;
};
