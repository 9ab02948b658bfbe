/** The parts of a FHIR R4 Questionnaire that we write and read. Values of extensions are kept apart by their own names. */
export interface FhirQuestionnaire {
  resourceType: 'Questionnaire';
  language?: string;
  name?: string;
  title?: string;
  _title?: FhirElement;
  version?: string;
  status: 'draft' | 'active' | 'retired' | 'unknown';
  item: FhirItem[];
}
export interface FhirItem {
  linkId: string;
  type: string;
  text?: string;
  _text?: FhirElement;
  extension?: FhirExtension[];
  required?: boolean;
  repeats?: boolean;
  readOnly?: boolean;
  enableWhen?: EnableWhen[];
  enableBehavior?: 'all' | 'any';
  answerOption?: FhirOption[];
  item?: FhirItem[];
}
export interface FhirOption {
  valueCoding: { code: string; display: string; _display?: FhirElement };
  extension?: FhirExtension[];
}
export interface FhirElement {
  extension: FhirExtension[];
}
export interface FhirExtension {
  url: string;
  extension?: FhirExtension[];
  [value: `value${string}`]: unknown;
}
export interface EnableWhen {
  question: string;
  operator: 'exists' | '=' | '!=' | '>' | '<' | '>=' | '<=';
  answerBoolean?: boolean;
  answerInteger?: number;
  answerDecimal?: number;
  answerDate?: string;
  answerCoding?: { code: string };
}

const HL7 = 'http://hl7.org/fhir/StructureDefinition/';
const SDC = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/';

/** The extensions we write and read. */
export const EXTENSIONS = {
  translation: `${HL7}translation`,
  minValue: `${HL7}minValue`,
  maxValue: `${HL7}maxValue`,
  regex: `${HL7}regex`,
  minOccurs: `${HL7}questionnaire-minOccurs`,
  maxOccurs: `${HL7}questionnaire-maxOccurs`,
  optionExclusive: `${HL7}questionnaire-optionExclusive`,
  displayCategory: `${HL7}questionnaire-displayCategory`,
  hidden: `${HL7}questionnaire-hidden`,
  variable: `${HL7}variable`,
  enableWhenExpression: `${SDC}sdc-questionnaire-enableWhenExpression`,
  calculatedExpression: `${SDC}sdc-questionnaire-calculatedExpression`,
  /** Ours: the type of a question where FHIR has a broader one. */
  questionType: 'https://article-1f.example/fhir/StructureDefinition/question-type',
} as const;
