-- What every transaction changes: one row.
create table state (
  one integer primary key check (one = 1),
  epoch text not null,           -- drawn once; an id with another epoch is another database's
  head integer not null,         -- the newest number ever given
  floor integer not null,        -- up to here the log's own bounds have cut, whether the rows are gone already or not
  events integer not null,       -- above the floor
  bytes integer not null,        -- their weights
  used_keys integer not null,
  cut integer not null,          -- the highest number that the bounds of a single topic have cut
  indexed integer not null,      -- up to here "posting" has every event; after it, those of topics with bounds only
  rules integer not null         -- a digest of the topics' bounds that the counts in "channel" go by
) strict;

-- The events. What is short comes first: a scan of it does not read the bodies' overflow pages.
create table entry (
  number integer primary key,
  time integer not null,
  weight integer not null,
  channel integer not null,
  value integer not null,
  own text,                      -- the publisher's own id
  alternates blob,               -- the ids of its other topics, eight bytes each
  body blob not null             -- as UpdateCodec writes it
) strict;
create index entry_own on entry (own) where own is not null;

-- Topics ('t' and the name), users ('u'), connections ('c'), everyone ('*').
create table channel (
  id integer primary key,
  name text not null unique,
  used integer not null,         -- the newest event that has it as any of its topics
  last integer not null,         -- the newest event that has it as its first
  rule integer not null,         -- a digest of the bounds that the next three go by, 0 if they go by none
  events integer not null,
  bytes integer not null,
  expires integer,               -- no event of it exceeds its topic's age before this; null if none ever does
  cut integer not null           -- the highest number that bounds of single topics cut of the events with this topic
) strict;
create index channel_expires on channel (expires) where expires is not null;

-- What "the latest" goes by: a channel and a key (':' and the key, or nothing).
create table value (
  id integer primary key,
  channel integer not null,
  key text not null,
  last integer not null,
  unique (channel, key)
) strict;
create index value_last on value (last);

-- Which events a topic has: by its id those that have it as the first topic, by its negative id the others.
create table posting (
  topic integer not null,
  number integer not null,
  primary key (topic, number)
) strict, without rowid;

-- Idempotency keys, by the number of the event they were used for.
create table used_key (
  number integer primary key,
  time integer not null,
  key text not null unique,
  own text
) strict;

-- Own ids of events that the bounds of a single topic have cut: whoever saw them last still finds the place.
create table cut_id (
  number integer primary key,
  own text not null
) strict;
create index cut_id_own on cut_id (own);
