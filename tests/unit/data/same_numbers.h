#pragma once

#include <string_view>

// Whether two texts differ at most in how many digits their numbers have: JDK 17 prints some
// numbers longer than the shortest form, which is what we print and newer JDKs do.
bool same_but_for_digits(std::string_view ours, std::string_view theirs);
