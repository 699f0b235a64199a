#pragma once

#include <string>

// What plugin code can do to its process. A text of acts separated by spaces:
//   segv abort exit:N throw spin hang grow:MIB close flood stderr:TEXT log:TEXT fork error:TEXT
//   report:FILE   what this process looks like, for the tests
//   once:FILE     the rest only if FILE does not exist yet; it does afterwards
//   after:N       the rest only from the Nth call on
// `spin` blocks all signals first; `hang` can be woken by nobody.
namespace process_test {

// Empty, or the text of an error that the callback returns.
std::string act(const std::string &what, int call_number = 1);

} // namespace process_test
