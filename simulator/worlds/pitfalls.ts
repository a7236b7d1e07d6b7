/** Where advice against a pitfall works: read for every task, read when a pointer's trigger fires, or either. */
export type WorkingLayer = 'L2' | 'L3' | 'any';

/**
 * A mistake that a task of the dispatch world hides. Advice against it has two halves, as in `Pitfall` of the spreadsheet
 * roles: a statement helps when it has a sign of the situation and one of the action, in whatever words, and stands in
 * the layer where it works. `decoys` are actions for the same situation that sound right and do nothing.
 */
export interface WorldPitfall {
  id: string;
  label: string;
  /** Chance that a task has it. */
  frequency: number;
  /** The fact of the task that brings it up, as its prompt says it. */
  fact: string;
  /** The line of the note that it is about, and what stands there when it is right, and when it is fallen into. */
  line: string;
  right: string;
  wrong: string;
  layer: WorkingLayer;
  situations: readonly string[];
  situationSign: RegExp;
  actions: readonly string[];
  actionSign: RegExp;
  decoys: readonly string[];
}

export const worldPitfalls: readonly WorldPitfall[] = [
  {
    ...{ id: 'cooling', label: 'Cooled goods in plain vans', frequency: 0.34, layer: 'any' },
    ...{ fact: 'The goods must stay below eight degrees.', line: 'vehicle', right: 'refrigerated', wrong: 'box van' },
    situations: ['goods must stay cold', 'a temperature limit is given', 'the load needs cooling'],
    situationSign: /\b(cold|temperature|cooling|degrees)\b/i,
    actions: ['book a refrigerated vehicle', 'enter refrigeration as the vehicle', 'choose a vehicle that cools'],
    actionSign: /\b(refrigerat\w+|that cools)\b/i,
    decoys: ['note the limit among the remarks', 'tell the driver in person'],
  },
  {
    ...{ id: 'customs', label: 'Customs papers left out', frequency: 0.28, layer: 'any' },
    ...{ fact: 'The parcel crosses a customs border.', line: 'papers', right: 'customs form', wrong: 'delivery slip' },
    situations: ['the parcel crosses a border', 'the receiver lives abroad', 'another country is named'],
    situationSign: /\b(border|abroad|country)\b/i,
    actions: ['attach a customs form', 'declare the contents to customs', 'enter the form for customs'],
    actionSign: /\bcustoms\b/i,
    decoys: ['print the slip twice', 'write the address in capitals'],
  },
  {
    ...{ id: 'heavy', label: 'Heavy pieces for one person', frequency: 0.24, layer: 'L2' },
    ...{ fact: 'One piece weighs over thirty kilograms.', line: 'handling', right: 'two persons', wrong: 'one person' },
    situations: ['a piece is heavy', 'the weight of a piece is high', 'many kilograms are in one piece'],
    situationSign: /\b(heavy|weighs?|weight|kilograms)\b/i,
    actions: ['plan two persons', 'ask for a second person', 'enter a team of two'],
    actionSign: /\b(two persons|second person|team of two)\b/i,
    decoys: ['round the number up', 'put the piece first'],
  },
  {
    ...{ id: 'battery', label: 'Batteries without their marking', frequency: 0.22, layer: 'L3' },
    ...{ fact: 'A lithium battery is enclosed.', line: 'marking', right: 'class nine', wrong: 'none' },
    situations: ['a battery is enclosed', 'lithium cells are inside', 'batteries travel along'],
    situationSign: /\b(battery|batteries|lithium)\b/i,
    actions: ['mark it as class nine', 'look up the hazard class and enter nine', 'enter the ninth hazard class'],
    actionSign: /\b(class nine|hazard class)\b/i,
    decoys: ['switch the device off', 'tape the lid shut'],
  },
  {
    ...{ id: 'glass', label: 'Glass in thin boxes', frequency: 0.2, layer: 'any' },
    ...{ fact: 'The contents are made of glass.', line: 'packing', right: 'double wall', wrong: 'single wall' },
    situations: ['the contents are made of glass', 'something fragile is inside', 'the goods break easily'],
    situationSign: /\b(glass|fragile|break)\b/i,
    actions: ['pack them in double wall boxes', 'enter double wall as packing', 'take a box with a second wall'],
    actionSign: /\b(double wall|second wall)\b/i,
    decoys: ['write this side up', 'add one more label'],
  },
  {
    ...{ id: 'saturday', label: 'Saturday sent as a weekday', frequency: 0.16, layer: 'any' },
    ...{ fact: 'Delivery falls on a Saturday.', line: 'service', right: 'weekend', wrong: 'standard' },
    situations: ['delivery falls on a Saturday', 'nobody works on the day', 'the day is no working day'],
    situationSign: /\b(saturday|nobody works|no working day)\b/i,
    actions: ['enter the weekend service', 'order the weekend rate', 'choose what runs at the weekend'],
    actionSign: /\bweekend\b/i,
    decoys: ['send it a day early', 'name the hour of arrival'],
  },
  {
    ...{ id: 'returns', label: 'Empty containers not fetched back', frequency: 0.14, layer: 'L3' },
    ...{ fact: 'Empty containers come back.', line: 'return leg', right: 'booked', wrong: 'open' },
    situations: ['empty containers come back', 'pallets have to come home', 'packaging is on loan'],
    situationSign: /\b(containers|pallets|on loan)\b/i,
    actions: ['book the return leg', 'enter the return as booked', 'reserve the way home with a return booking'],
    actionSign: /\breturn (leg|as booked|booking)\b/i,
    decoys: ['count them twice', 'write their colour down'],
  },
  {
    ...{ id: 'value', label: 'High value with basic cover', frequency: 0.12, layer: 'L2' },
    ...{ fact: 'The declared value is above five hundred.', line: 'cover', right: 'extended', wrong: 'basic' },
    situations: ['the declared value is high', 'the goods are precious', 'a loss would cost much'],
    situationSign: /\b(declared value|precious|a loss)\b/i,
    actions: ['enter extended cover', 'extend the insurance', 'choose the extended insurance'],
    actionSign: /\b(extended|extend the insurance)\b/i,
    decoys: ['keep the receipt', 'write the sum in words'],
  },
];

/** A statement that ruins results wherever it is shown: tasks with one pitfall (`hurts`), or all of them. */
export interface WorldHarm {
  id: string;
  /** A pitfall that is then fallen into whatever good advice stands beside it, or `all`: any line may go wrong. */
  hurts: string;
  wordings: readonly string[];
  sign: RegExp;
}

export const worldHarms: readonly WorldHarm[] = [
  {
    ...{ id: 'cheapest-van', hurts: 'cooling', sign: /\b(cheapest|same van)\b/i },
    wordings: ['Always take the cheapest vehicle.', 'Use the same van for every load.'],
  },
  {
    ...{ id: 'slip-only', hurts: 'customs', sign: /\bslip (alone|only)\b/i },
    wordings: ['A delivery slip alone is always enough.', 'Send every parcel with its slip only.'],
  },
  {
    ...{ id: 'thin-boxes', hurts: 'glass', sign: /\b(thinnest|save cardboard)\b/i },
    wordings: ['Take the thinnest box that fits.', 'Choose the box so as to save cardboard.'],
  },
  {
    ...{ id: 'from-memory', hurts: 'all', sign: /\b(from memory|without rereading)\b/i },
    wordings: ['Fill in the lines from memory to save time.', 'Hand the note in without rereading the facts.'],
  },
];

/** Statements that neither help nor harm. */
export const distractors: readonly string[] = [
  'Write in a friendly tone.',
  'Leave no blank line at the end.',
  'Use the same order of words in all notes.',
  'Prefer the active voice.',
];
