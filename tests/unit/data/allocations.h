#pragma once

#include <cstddef>

// How often this program has called operator new; replaced in allocations.cpp.
std::size_t allocation_count();
