import type { Account } from './interview-player.js';

/** An invented applicant, and obviously so. */
export const person = (familyName: string, givenNames: string): object => ({
  familyName,
  givenNames,
  aliases: ['Fictus'],
  birthDate: '1962-03-11',
  sex: 'unknown',
  nationalities: ['RW'],
  residences: ['CD'],
});

interface Told {
  readonly screening: Account;
  readonly exclusion: Account;
}

const HERE: Account = {
  birthDate: '1962-03-11',
  accountPeriods: ['war1990', 'spring1994'],
  residences: [{ residencePlace: { ref: 'kabarondo' }, residencePeriod: '1985/1994-07' }],
  idCardFate: 'lost',
  partyTaken: ['none'],
  publicOffice: ['none'],
  serviceForces: ['none'],
  proceedings: ['none'],
  helpGiven: ['none'],
};

/** A local official who led a barrier and an attack. */
export const OFFICIAL: Told = {
  screening: {
    ...HERE,
    home1994: { ref: 'kabarondo' },
    askedOfYou: ['barrier', 'meeting', 'search'],
    serviceForces: ['interahamwe'],
    publicOffice: ['conseiller'],
    violencePosition: ['amongAttackers', 'ordered'],
    positionAge: 32,
    proceedings: ['gacacaAbsent'],
    proceedingsAge: 32,
    witnessWilling: 'no',
  },
  exclusion: {
    ...HERE,
    neighbourhood: ['barriers', 'patrols', 'meetings', 'killings'],
    askedOfYou: ['barrier', 'patrol', 'meeting', 'search'],
    sleptWhere: 'home',
    serviceForces: ['interahamwe'],
    publicOffice: ['conseiller'],
    violencePosition: ['amongAttackers', 'ordered'],
    positionAge: 32,
    afterJuly: ['camp'],
    barrierPersonal: ['led'],
    barrierWhere: { ref: 'kabarondo' },
    barrierStopped: ['papers', 'killedThere'],
    barrierOwnActs: ['papers', 'decided', 'killed'],
    patrolPart: 'went',
    patrolPurpose: ['hidden', 'tutsi'],
    patrolOwnActs: ['searched', 'killed'],
    meetingOwnPart: ['calledAttack'],
    officePlace: { ref: 'kabarondo' },
    officeControl: ['residents', 'militia'],
    officeInstructions: ['attack'],
    officePassedOn: 'passedOn',
    officeRefuge: 'attacked',
    officeSubordinates: 'killed',
    officeReaction: 'nothing',
    militiaAge: 29,
    militiaPost: 'cell',
    militiaTasks: ['search', 'attack'],
    militiaTasksAge: 32,
    incidents: [
      {
        incidentPlace: { ref: 'kabarondoChurch' },
        incidentDate: '1994-04-13',
        incidentVictims: ['refuge'],
        incidentOwnPart: ['killed', 'orders'],
        incidentAge: 32,
      },
    ],
    propertyFate: ['took'],
    propertyFateAge: 32,
    campOwnPart: ['taxed'],
    campOwnPartAge: 33,
    proceedings: ['gacacaAbsent'],
    proceedingsAge: 32,
    proceedingOutcome: 'convicted',
    'commandResponsibility.control': 'tasks',
    'commandResponsibility.done': 'killed',
    'commandResponsibility.learned': 'during',
    'commandResponsibility.reaction': ['nothing'],
    'commandResponsibility.age': 32,
    'ordersDissociation.order': 'spoken',
  },
};

/** A farmer who passed barriers and saw killings. */
export const BYSTANDER: Told = {
  screening: {
    ...HERE,
    home1994: { ref: 'kabarondo' },
    askedOfYou: ['labour', 'contribution'],
    violencePosition: ['saw'],
    witnessWilling: 'later',
  },
  exclusion: {
    ...HERE,
    neighbourhood: ['barriers', 'patrols', 'meetings', 'radio', 'killings'],
    askedOfYou: ['labour', 'contribution'],
    sleptWhere: 'home',
    violencePosition: ['saw'],
    afterJuly: ['stayed'],
    barrierPersonal: ['passed', 'lived'],
    helpGiven: ['fed'],
  },
};
