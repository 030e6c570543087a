-- The streams. What changes with every append is short and in one place.
create table stream (
  id integer primary key,
  name blob unique,              -- its UTF-16 code units, two bytes each: sorted as Java sorts texts; null once it is deleted
  created integer not null,
  last_use integer not null,     -- reads are noted some time later
  expires integer,               -- not gone before this: what is due is looked at, and comes later again if it was used; null if never
  tail integer not null,         -- how many messages it has
  bytes integer not null,        -- of all its messages
  closed integer not null,
  seq text                       -- the writer's newest sequence text
) strict;
create index stream_expires on stream (expires) where expires is not null;
create index stream_deleted on stream (id) where name is null;

-- What a stream was created as, as StreamSpecCodec writes it.
create table spec (
  stream integer primary key,
  body blob not null
) strict;

-- How far each producer of a stream has come. Names as in "stream".
create table producer (
  stream integer not null,
  id blob not null,
  epoch integer not null,
  seq integer not null,
  primary key (stream, id)
) strict, without rowid;

-- The messages. What one commit added to a stream is one row, or several if it is long: each has its length (in groups of seven bits,
-- the lowest first) and its bytes.
create table chunk (
  stream integer not null,
  first integer not null,        -- the number of messages before it
  body blob not null,
  primary key (stream, first)
) strict, without rowid;
