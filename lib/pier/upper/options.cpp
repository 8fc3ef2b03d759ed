#include "pier/upper/options.hpp"

namespace pier::upper {

void declare(ops::options& table, config& into)
{
    table.group("Limits of a connection");
    table.duration("timeout-idle", "nothing comes, and all is answered: it is closed", into.timeout_idle);
    table.duration("timeout-send", "the peer takes nothing of its answer: it is reset", into.timeout_send);
}

} // namespace pier::upper
