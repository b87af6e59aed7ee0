import { capital, h, newId } from './dom.js';

const SHOWN = 3;

const number = (value) => (Number.isInteger(value) ? String(value) : String(+value.toFixed(6)));

/** What may be given, in words: the range, the unit and the default. */
function hint(schema) {
  const parts = [];
  const bounded = schema.minimum !== undefined && schema.maximum !== undefined;
  const unbounded = bounded && Math.abs(schema.maximum) > 1e12;
  if (bounded) parts.push(unbounded ? `from ${number(schema.minimum)}` : `${number(schema.minimum)} to ${number(schema.maximum)}`);
  // "of 255" says no more than the range does.
  if (schema.unit && schema.unit !== `of ${schema.maximum}`) parts.push(schema.unit);
  return parts.join(' ');
}

const title = (name) => capital(name).replaceAll('-', ' ');

function field(name, schema, initial) {
  const id = newId('parameter');
  const help = newId('help');
  const shared = { id, 'aria-describedby': help };
  const given = initial === undefined ? schema.default : initial;
  let input;
  let read;
  if (schema.type === 'boolean') {
    input = h('input', { ...shared, type: 'checkbox' });
    input.checked = Boolean(given);
    read = () => input.checked;
  } else if (schema.enum) {
    input = h('select', shared, ...schema.enum.map((option) => h('option', { value: option }, option)));
    if (schema.default === undefined) input.prepend(h('option', { value: '' }, 'automatic'));
    input.value = given ?? '';
    read = () => input.value || undefined;
  } else if (schema.format === 'binary') {
    input = h('input', { ...shared, type: 'file' });
    read = () => input.files[0];
  } else {
    input = h('input', {
      ...shared,
      type: 'number',
      inputmode: 'decimal',
      min: schema.minimum,
      max: schema.maximum,
      step: schema.type === 'integer' ? 1 : 'any',
      placeholder: schema.default === undefined ? 'automatic' : number(schema.default),
    });
    if (given !== undefined) input.value = number(given);
    read = () => (input.value === '' ? undefined : Number(input.value));
  }
  const label = h('label', { for: id }, title(name));
  const note = h('p', { class: 'help', id: help }, schema.description);
  const range = hint(schema);
  const element = schema.type === 'boolean'
    ? h('div', { class: 'field check' }, input, label, note)
    : h('div', { class: 'field' }, label, range ? h('span', { class: 'range' }, range) : null, input, note);
  return { name, schema, element, input, read };
}

/** A form made from a JSON Schema of parameters. */
export class ParameterForm {
  constructor(schema, initial = {}) {
    this.fields = Object.entries(schema.properties).map(([name, property]) => field(name, property, initial[name]));
    const elements = this.fields.map((each) => each.element);
    this.element = h('div', { class: 'parameters' }, ...elements.slice(0, SHOWN));
    if (elements.length > SHOWN) {
      const more = h('details', {}, h('summary', {}, `More settings (${elements.length - SHOWN})`), ...elements.slice(SHOWN));
      more.open = this.fields.slice(SHOWN).some((each) => each.name in initial);
      this.element.append(more);
    }
  }

  /** Returns the first field that does not hold what it may, or undefined. */
  invalid() {
    return this.fields.find((each) => !each.input.checkValidity());
  }

  /** Returns what differs from the defaults: values by name, and files by name. */
  values() {
    const values = {};
    const files = {};
    for (const each of this.fields) {
      const value = each.read();
      if (value instanceof File) files[each.name] = value;
      else if (value !== undefined && value !== each.schema.default) values[each.name] = value;
    }
    return { values, files };
  }
}
