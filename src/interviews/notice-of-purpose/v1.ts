/**
 * The notice of purpose, version 1, in English; interpreted into the language of the applicant. Given notices name this version:
 * a change of one word is a new version beside this one. It promises only what the law can keep.
 */
export const NOTICE_V1 = {
  version: 1,
  language: 'en',
  title: 'What this interview is for, and what happens with what you say',
  recorded: [
    'This interview is about your life and about events in places where you lived. The authority needs it to decide on your application.',
    'Your answers are written down in your own words as far as possible, and the interview is recorded as sound. At the end the record is read back to you: you can correct it and comment on it, now or later, and your comments stay with it.',
  ],
  transmitted: [
    'International protection cannot be given to a person about whom there are serious reasons for considering that they committed certain grave crimes. What you say may be examined for this, for you and against you, and everything that speaks for you must be examined as well.',
    'If what is in your file gives rise to suspicion of genocide, a crime against humanity or a war crime, or if protection is refused because of such acts, the law obliges this authority to inform the public prosecutor or the police unit for such crimes. They may then use what you said in a criminal investigation, also against you. We cannot promise that what you say here will not be used there.',
    'The authorities of a country you fled from, its embassy and its police are not told that you applied for protection and are not given what you say here.',
  ],
  rights: [
    'You may say that you do not know, that you do not remember, or that you do not want to answer a question. You may ask what a question is for. Not answering a question is in itself no sign that you did something.',
    'You may ask for a pause, for another interpreter if you do not understand each other, and for advice from counsel or your representative before you go on. If a question comes close to an act of your own, the interview is paused and this is said to you again.',
    'Under the law on data protection you may ask which data about you are held and with whom they were shared, and have wrong data put right. An answer may be delayed while it would endanger an investigation.',
  ],
} as const;
