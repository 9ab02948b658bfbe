/** Something a person can put right, said in a sentence: shown without a stack. */
export class Told extends Error {}
