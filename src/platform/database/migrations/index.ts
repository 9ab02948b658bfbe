import { RolesAndTime1763700000001 } from './1763700000001-roles-and-time.js';
import { PeopleAndSessions1763700000002 } from './1763700000002-people-and-sessions.js';
import { Definitions1763700000003 } from './1763700000003-definitions.js';
import { Cases1763700000004 } from './1763700000004-cases.js';
import { Duties1763700000005 } from './1763700000005-duties.js';
import { AuditAndPolicies1763700000006 } from './1763700000006-audit-and-policies.js';
import { CheaperCommands1763700000007 } from './1763700000007-cheaper-commands.js';
import { QuestionnaireLife1763700000008 } from './1763700000008-questionnaire-life.js';
import { TransparencyLog1763700000010 } from './1763700000010-transparency-log.js';
import { Package1763700000011 } from './1763700000011-package.js';
import { Channels1763700000012 } from './1763700000012-channels.js';
import { Grants1763700000013 } from './1763700000013-grants.js';
import { Corrections1763700000014 } from './1763700000014-corrections.js';
import { Tasks1763700000015 } from './1763700000015-tasks.js';
import { Keys1763700000016 } from './1763700000016-keys.js';
import { Requests1763700000017 } from './1763700000017-requests.js';
import { Holds1763700000018 } from './1763700000018-holds.js';
import { ThirdPersonCountries1763700000020 } from './1763700000020-third-person-countries.js';
import { Agreements1763700000021 } from './1763700000021-agreements.js';
import { Portal1763700000022 } from './1763700000022-portal.js';
import { Citations1763700000023 } from './1763700000023-citations.js';
import { ToldAtOnce1763700000025 } from './1763700000025-told-at-once.js';
import { Hardening1763700000026 } from './1763700000026-hardening.js';
import { CheaperPolicies1763700000027 } from './1763700000027-cheaper-policies.js';
import { ObligationGaps1763700000029 } from './1763700000029-obligation-gaps.js';
import { ReviewDeadlines1763700000031 } from './1763700000031-review-deadlines.js';
import { Unblockings1763700000032 } from './1763700000032-unblockings.js';
import { SettingsAndLists1763700000033 } from './1763700000033-settings-and-lists.js';
import { ErasureKeepsDuties1763700000034 } from './1763700000034-erasure-keeps-duties.js';
import { CodedBasis1763700000035 } from './1763700000035-coded-basis.js';
import { FormerReceiptKeys1763700000036 } from './1763700000036-former-receipt-keys.js';
import { InOrder1763700000037 } from './1763700000037-in-order.js';
import { OperatorActs1763700000038 } from './1763700000038-operator-acts.js';
import { RefusalsInFixedWords1763700000039 } from './1763700000039-refusals-in-fixed-words.js';
import { RecipientLetters1763700000041 } from './1763700000041-recipient-letters.js';
import { WhatWaitsIsTold1763700000042 } from './1763700000042-what-waits-is-told.js';
import { AccessAndRestores1763700000043 } from './1763700000043-access-and-restores.js';
import { BlockedClosings1763700000046 } from './1763700000046-blocked-closings.js';
import { ClosedClocks1763700000047 } from './1763700000047-closed-clocks.js';
import { LettersByTwo1763700000048 } from './1763700000048-letters-by-two.js';
import { AttemptsCounted1763700000049 } from './1763700000049-attempts-counted.js';
import { ErasuresThatWait1763700000051 } from './1763700000051-erasures-that-wait.js';
import { CanonicalEndpoints1763700000053 } from './1763700000053-canonical-endpoints.js';
import { BarredBySettings1763700000054 } from './1763700000054-barred-by-settings.js';
import { MissedRowsAreRefusals1763700000055 } from './1763700000055-missed-rows-are-refusals.js';
import { PostIsHeld1763700000057 } from './1763700000057-post-is-held.js';
import { ProposalsWithTheirCase1763700000064 } from './1763700000064-proposals-with-their-case.js';
import { OneLandBySeveralCodes1763700000066 } from './1763700000066-one-land-by-several-codes.js';
import { ClocksOfThePortal1763700000069 } from './1763700000069-clocks-of-the-portal.js';
import { ReportedMistakesReconsidered1763700000070 } from './1763700000070-reported-mistakes-reconsidered.js';
import { ErasedIsClosed1763700000071 } from './1763700000071-erased-is-closed.js';
import { NoFileNoFeedback1763700000072 } from './1763700000072-no-file-no-feedback.js';
import { DropsByFolder1763700000074 } from './1763700000074-drops-by-folder.js';
import { ClosedByTheirEvents1763700000075 } from './1763700000075-closed-by-their-events.js';
import { PutOffByWhichClock1763700000078 } from './1763700000078-put-off-by-which-clock.js';
import { SessionsEnd1763700000079 } from './1763700000079-sessions-end.js';
import { AnswersWithTheirCase1763700000080 } from './1763700000080-answers-with-their-case.js';

/** Every migration in order; a landed one is never edited. */
export const MIGRATIONS = [
  RolesAndTime1763700000001,
  PeopleAndSessions1763700000002,
  Definitions1763700000003,
  Cases1763700000004,
  Duties1763700000005,
  AuditAndPolicies1763700000006,
  CheaperCommands1763700000007,
  QuestionnaireLife1763700000008,
  TransparencyLog1763700000010,
  Package1763700000011,
  Channels1763700000012,
  Grants1763700000013,
  Corrections1763700000014,
  Tasks1763700000015,
  Keys1763700000016,
  Requests1763700000017,
  Holds1763700000018,
  ThirdPersonCountries1763700000020,
  Agreements1763700000021,
  Portal1763700000022,
  Citations1763700000023,
  ToldAtOnce1763700000025,
  Hardening1763700000026,
  CheaperPolicies1763700000027,
  ObligationGaps1763700000029,
  ReviewDeadlines1763700000031,
  Unblockings1763700000032,
  SettingsAndLists1763700000033,
  ErasureKeepsDuties1763700000034,
  CodedBasis1763700000035,
  FormerReceiptKeys1763700000036,
  InOrder1763700000037,
  OperatorActs1763700000038,
  RefusalsInFixedWords1763700000039,
  RecipientLetters1763700000041,
  WhatWaitsIsTold1763700000042,
  AccessAndRestores1763700000043,
  BlockedClosings1763700000046,
  ClosedClocks1763700000047,
  LettersByTwo1763700000048,
  AttemptsCounted1763700000049,
  ErasuresThatWait1763700000051,
  CanonicalEndpoints1763700000053,
  BarredBySettings1763700000054,
  MissedRowsAreRefusals1763700000055,
  PostIsHeld1763700000057,
  ProposalsWithTheirCase1763700000064,
  OneLandBySeveralCodes1763700000066,
  ClocksOfThePortal1763700000069,
  ReportedMistakesReconsidered1763700000070,
  ErasedIsClosed1763700000071,
  NoFileNoFeedback1763700000072,
  DropsByFolder1763700000074,
  ClosedByTheirEvents1763700000075,
  PutOffByWhichClock1763700000078,
  SessionsEnd1763700000079,
  AnswersWithTheirCase1763700000080,
];
