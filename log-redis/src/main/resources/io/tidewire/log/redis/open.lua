-- Begins a log where there is none. Returns epoch, cut, last.

if not epoch then
    save()
end
return {epoch, text(cut), text(last)}
