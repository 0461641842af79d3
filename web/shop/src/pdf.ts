// A page of A4 with lines of text, as PDF 1.4 (ISO 32000-1): the smallest that programs show.

export interface Line {
  text: string;
  /** Points. */
  size: number;
  /** Space above it, in points, beside that of the line itself. */
  before?: number;
  bold?: boolean;
}

const LEFT = 64;
const TOP = 780;
const LEADING = 1.45;

/** A string as PDF writes it, in WinAnsi, with what is not in ASCII as octal numbers. */
const written = (text: string): string =>
  Array.from(text.replaceAll('€', '\x80'), (letter) => {
    if ('()\\'.includes(letter)) return `\\${letter}`;
    const code = letter.charCodeAt(0);
    return code < 0x7f ? letter : `\\${code.toString(8).padStart(3, '0')}`;
  }).join('');

const shown = (lines: Line[]): string => {
  let y = TOP;
  return lines
    .map(({ text, size, before = 0, bold }) => {
      y -= size * LEADING + before;
      return `BT /${bold ? 'B' : 'R'} ${size} Tf ${LEFT} ${y.toFixed(1)} Td (${written(text)}) Tj ET`;
    })
    .join('\n');
};

const font = (name: string): string =>
  `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`;

export const pdf = (lines: Line[]): string => {
  const content = shown(lines);
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /R 5 0 R /B 6 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    font('Helvetica'),
    font('Helvetica-Bold'),
  ];
  let file = '%PDF-1.4\n';
  const places = objects.map((object, at) => {
    const place = file.length;
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return place;
  });
  const rows = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}`;
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
  return file + table + trailer;
};
