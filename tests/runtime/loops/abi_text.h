#pragma once

#include <string>
#include <string_view>

#include <sluice/abi/base.h>

namespace host::runtime::test {

inline sluice_str abi(std::string_view text) { return {text.data(), text.size()}; }
inline std::string text(sluice_str from) { return {from.ptr, from.len}; }

} // namespace host::runtime::test
