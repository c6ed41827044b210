#!/usr/bin/env node
// Writes resources/data/customers.csv: 5,000 customers with the dirt of real files, always the same ones.
// `--check` only says whether the file is what this script writes.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const FILE = fileURLToPath(new URL('../resources/data/customers.csv', import.meta.url))
const ROWS = 5000
const HEADER = 'customer_id,first_name,last_name,email,age,country,city,signed_up,total_spent'
const FIRST = [
  'Anna',
  'Ben',
  'Chloé',
  'David',
  'Elif',
  'Frank',
  'Grace',
  'Håkon',
  'Ines',
  'José',
  'Karl',
  'Li',
  'María',
  'Noah',
  'Olga',
  'Peter',
  'Quinn',
  'Rosa',
  'Søren',
  'Tom',
  'Uma',
  'Vera',
  'Will',
  'Xu',
  'Yara',
  'Zoë',
]
const LAST = [
  'Smith',
  'Müller',
  'García',
  "O'Brien",
  'Nguyen',
  'Johnson',
  'Weiß',
  'Silva',
  'Dvořák',
  'Brown',
  'Kowalski',
  'Jones',
  'Sørensen',
  'Davis',
  'Özdemir',
  'Wilson',
  'Lefèvre',
  'van der Berg',
  'Kim',
  'Martin',
]
const USA = [
  'USA',
  'usa',
  'U.S.A.',
  ' USA ',
  'United States',
  'US',
  'Usa',
  'u.s.a.',
  'UNITED STATES',
  'United States of America',
]
const ABROAD = [
  'Germany',
  'Canada',
  'Mexico',
  'France',
  'Türkiye',
  'Brazil',
  'United Kingdom',
  'Österreich',
  'Japan',
  '',
]
const US_CITIES = [
  'New York',
  'Los Angeles',
  'Chicago',
  'Houston',
  '"Washington, D.C."',
  'San José',
  'Boston',
  'Seattle ',
  'Denver',
  '"Portland, OR"',
]
const CITIES = [
  'Berlin',
  'Toronto',
  'Ciudad de México',
  'Paris',
  'İstanbul',
  'São Paulo',
  'London',
  'Wien',
  '東京',
  'Zürich',
]

// mulberry32: a small generator of its own, so that no Node version and no library changes the file.
let state = 20261122
function random() {
  state = (state + 0x6d2b79f5) | 0
  let bits = Math.imul(state ^ (state >>> 15), 1 | state)
  bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
  return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
}
const pick = (list) => list[Math.floor(random() * list.length)]
const chance = (probability) => random() < probability
const between = (low, high) => low + Math.floor(random() * (high - low + 1))
const two = (number) => String(number).padStart(2, '0')

function name(list) {
  if (chance(0.025)) return ''
  const chosen = pick(list)
  if (chance(0.01)) return '   '
  if (chance(0.05)) return `${chosen} `
  return chance(0.03) ? `"${chosen} ""${chosen.slice(0, 2)}"""` : chosen
}

function email(id) {
  if (chance(0.04)) return ''
  const local = `customer${id}`
  if (chance(0.02)) return pick([`${local}.example.org`, '@example.org', 'n/a', `${local} at example.org`])
  const address = `${local}@${pick(['example.org', 'example.com', 'mail.example.net'])}`
  return chance(0.05) ? ` ${address.toUpperCase()} ` : address
}

function age() {
  if (chance(0.03)) return ''
  if (chance(0.025)) return pick(['abc', '-5', '200', '34.5', 'forty', '121', '1e2', '3O'])
  return chance(0.02) ? pick([' 41 ', '27.0', '0', '120', '+33', '007']) : String(between(18, 90))
}

function day() {
  if (chance(0.03)) return ''
  if (chance(0.015)) return pick(['2024-02-30', '31.12.2023', 'yesterday', '2023-13-01', '12/24/2022'])
  return `${between(2015, 2026)}-${two(between(1, 10))}-${two(between(1, 28))}`
}

function spent() {
  if (chance(0.03)) return ''
  if (chance(0.012)) return pick(['12.345', '"1,200.00"', '$30', '1.200,50', 'free', '12345678901.00'])
  return chance(0.02) ? pick(['0', '.5', '100.', '-12.30', '7.500']) : (random() ** 3 * 5000).toFixed(2)
}

function city(inUsa) {
  if (chance(0.02)) return ''
  if (chance(0.004)) return '"Old Town\nDistrict 9"'
  return pick(inUsa ? US_CITIES : CITIES)
}

// One in fifty is an update: an earlier customer once more, with other values.
function customerId(row) {
  if (chance(0.004)) return pick(['', 'C-17', '12x', '9223372036854775808'])
  return String(chance(0.02) && row > 100 ? between(1, row - 1) : row)
}

function line(row) {
  const id = customerId(row)
  const inUsa = chance(0.55)
  const country = inUsa ? pick(USA) : pick(ABROAD)
  const fields = [id, name(FIRST), name(LAST), email(id), age(), country, city(inUsa), day(), spent()]
  if (row % 900 === 450) return fields.slice(0, 5).join(',')
  if (row % 1200 === 600) return `${fields.join(',')},surplus,fields`
  if (row % 1500 === 700) return `${fields.join(',')},,`
  return fields.join(',')
}

const rows = Array.from({ length: ROWS }, (_, index) => line(index + 1))
// One empty line, as editors leave them. The lines end as the programs of other people end them.
rows.splice(2500, 0, '')
const text = `${HEADER}\r\n${rows.join('\r\n')}\r\n`

if (!process.argv.includes('--check')) writeFileSync(FILE, text)
else if (readFileSync(FILE, 'utf8') !== text) {
  process.stderr.write('resources/data/customers.csv is not what scripts/make-customers-csv.mjs writes: run it.\n')
  process.exitCode = 1
}
