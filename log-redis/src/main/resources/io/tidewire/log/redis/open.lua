-- Begins a log where there is none. Returns epoch, newest entry that left the stream, last.

if not epoch then
    save()
end
return {epoch, redis.call('HGET', META, 'gone') or '0', text(last)}
