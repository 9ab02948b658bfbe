import fc from 'fast-check';

const { PROPERTY_SEED } = process.env;

/** Properties are tried on new values at each run; PROPERTY_SEED (an integer) asks for the same ones, so that a verdict can be repeated. */
if (PROPERTY_SEED) fc.configureGlobal({ seed: Number(PROPERTY_SEED) });

export default fc;
