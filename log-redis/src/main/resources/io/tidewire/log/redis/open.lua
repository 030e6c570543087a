-- Begins a log where there is none. Returns epoch, last.

if not epoch then
    save()
end
return {epoch, text(last)}
