#pragma once

#include <cstddef>

// How often this program has called operator new, on whatever thread; replaced in allocations.cpp.
// What C code takes with malloc, librdkafka's above all, is not counted.
std::size_t allocation_count();
