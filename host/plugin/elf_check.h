#pragma once

#include <string>
#include <vector>

#include "host/base/error.h"

namespace host::plugin {

// What can be said about a shared object without running any of its code: refuses, each with a
// message that names the file, what is wrong and what to do, a path that is not absolute or not a
// regular file, a file that anyone may write, and one that is no 64-bit little-endian ELF shared
// object of this machine or is cut short.
Status check_file(const std::string &path);

// The functions that the file's dynamic symbol table defines, sorted; at most `limit`. For messages
// only, so a file that cannot be read gives none.
std::vector<std::string> exported_functions(const std::string &path, std::size_t limit);

} // namespace host::plugin
