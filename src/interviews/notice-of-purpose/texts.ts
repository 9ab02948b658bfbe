import { NOTICE_V1 } from './v1.js';

export interface NoticeText {
  readonly version: number;
  /** Of the text itself; it may be interpreted into any other. */
  readonly language: string;
  readonly title: string;
  /** What is recorded; that facts may be transmitted, to whom and why; what the applicant may do. */
  readonly recorded: readonly string[];
  readonly transmitted: readonly string[];
  readonly rights: readonly string[];
}

const TEXTS: readonly NoticeText[] = [NOTICE_V1];

/** The text that new notices are given with. */
export const CURRENT_NOTICE: NoticeText = TEXTS.at(-1)!;

export const findNotice = (version: number): NoticeText | undefined => TEXTS.find((text) => text.version === version);
