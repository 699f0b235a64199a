#pragma once

#include <cstddef>

namespace host {

// Takes the pages of this program's code out of the process, once the start is done that needed
// most of them: what runs again is mapped again, from the kernel's cache of the file, at its first
// call. Libraries and plugins stay as they are. Any thread; costs some microseconds.
void let_go_of_code();

// Bytes of this program's code that are in the process now; for tests.
std::size_t mapped_code_bytes();

} // namespace host
