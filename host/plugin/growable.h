#pragma once

#include <cstring>
#include <string>

#include "host/base/error.h"

namespace host::plugin {

// Copies a growable struct that the plugin filled. Null, and sizes that no header ever had, are
// errors that say what `what` is.
template <class T> Result<T> copy_growable(const T *from, const std::string &what) {
  constexpr std::size_t kImpossible = std::size_t{1} << 20;
  if (from == nullptr)
    return fail(Code::Config, what + " is missing (a null pointer)");
  std::size_t size = 0;
  std::memcpy(&size, from, sizeof size);
  if (size < sizeof(std::size_t) || size > kImpossible)
    return fail(Code::Config, what + " has an impossible struct_size of " + std::to_string(size));
  T copy{};
  std::memcpy(static_cast<void *>(&copy), from, size < sizeof(T) ? size : sizeof(T));
  copy.struct_size = size < sizeof(T) ? size : sizeof(T);
  return copy;
}

} // namespace host::plugin
