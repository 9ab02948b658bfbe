import { create } from 'fontkit';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const resolve = createRequire(import.meta.url).resolve;

/** Families in the order in which a character is looked for; regular and bold of each. */
const FAMILIES: readonly { readonly name: string; readonly folder: string; readonly file: string }[] = [
  { name: 'Noto Sans', folder: 'noto-sans', file: 'NotoSans' },
  { name: 'Vazirmatn', folder: 'vazirmatn', file: 'Vazirmatn' },
  { name: 'Noto Sans Ethiopic', folder: 'noto-sans-ethiopic', file: 'NotoSansEthiopic' },
  { name: 'Noto Sans Tamil', folder: 'noto-sans-tamil', file: 'NotoSansTamil' },
  { name: 'Noto Sans Sinhala', folder: 'noto-sans-sinhala', file: 'NotoSansSinhala' },
  { name: 'Noto Sans Myanmar', folder: 'noto-sans-myanmar', file: 'NotoSansMyanmar' },
];

export interface Fonts {
  readonly names: readonly string[];
  readonly files: readonly Buffer[];
  /** Whether one of the fonts has a picture for this code point. */
  readonly covers: (codePoint: number) => boolean;
}

/** The fonts of printed packages, from installed packages: none of the machine's own, so that every machine prints the same. */
export function fonts(): Fonts {
  const read = (folder: string, file: string, weight: string): Buffer =>
    readFileSync(resolve(`@expo-google-fonts/${folder}/${weight}/${file}_${weight}.ttf`));
  const regular = FAMILIES.map(({ folder, file }) => read(folder, file, '400Regular'));
  const bold = FAMILIES.map(({ folder, file }) => read(folder, file, '700Bold'));
  const covered = new Set(
    [...regular].flatMap((bytes) => {
      const font = create(bytes);
      return 'characterSet' in font ? font.characterSet : [];
    }),
  );
  return {
    names: FAMILIES.map(({ name }) => name),
    files: [...regular, ...bold],
    covers: (codePoint) => covered.has(codePoint),
  };
}
