// The fields of any plain struct, counted and named by the compiler: a struct that gains a field needs no word here.
#pragma once

#include <cstddef>
#include <tuple>
#include <type_traits>

namespace gateless {

/// Stands for a value of any type where a struct is made of its fields.
struct AnyField {
  template <class T>
  operator T() const;  // NOLINT: never called
};

/// How many fields an aggregate has: as many as its braces take.
template <class T, class... Fields>
[[nodiscard]] consteval std::size_t field_count(Fields... fields) {
  if constexpr (requires { T{fields..., AnyField{}}; }) {
    return field_count<T>(fields..., AnyField{});
  } else {
    return sizeof...(Fields);
  }
}

// C++20 has no structured binding of any number of names. Each row has those of the row above it and eight more.
// NOLINTBEGIN(cppcoreguidelines-macro-usage)
// clang-format off
#define GATELESS_TO_8 f1, f2, f3, f4, f5, f6, f7, f8
#define GATELESS_TO_16 GATELESS_TO_8, f9, f10, f11, f12, f13, f14, f15, f16
#define GATELESS_TO_24 GATELESS_TO_16, f17, f18, f19, f20, f21, f22, f23, f24
#define GATELESS_TO_32 GATELESS_TO_24, f25, f26, f27, f28, f29, f30, f31, f32
#define GATELESS_TO_40 GATELESS_TO_32, f33, f34, f35, f36, f37, f38, f39, f40
#define GATELESS_TO_48 GATELESS_TO_40, f41, f42, f43, f44, f45, f46, f47, f48
#define GATELESS_TIE(...) { auto& [__VA_ARGS__] = x; return std::tie(__VA_ARGS__); }
// clang-format on

/// References to all fields of an aggregate, in their order.
template <class T>
[[nodiscard]] constexpr auto fields_of(T& x) {
  constexpr std::size_t kFields = field_count<std::remove_const_t<T>>();
  static_assert(kFields > 0 && kFields <= 48, "one more row of names is needed");
  // clang-format off
  if constexpr (kFields == 1) GATELESS_TIE(f1)
  else if constexpr (kFields == 2) GATELESS_TIE(f1, f2)
  else if constexpr (kFields == 3) GATELESS_TIE(f1, f2, f3)
  else if constexpr (kFields == 4) GATELESS_TIE(f1, f2, f3, f4)
  else if constexpr (kFields == 5) GATELESS_TIE(f1, f2, f3, f4, f5)
  else if constexpr (kFields == 6) GATELESS_TIE(f1, f2, f3, f4, f5, f6)
  else if constexpr (kFields == 7) GATELESS_TIE(f1, f2, f3, f4, f5, f6, f7)
  else if constexpr (kFields == 8) GATELESS_TIE(f1, f2, f3, f4, f5, f6, f7, f8)
  else if constexpr (kFields == 9) GATELESS_TIE(GATELESS_TO_8, f9)
  else if constexpr (kFields == 10) GATELESS_TIE(GATELESS_TO_8, f9, f10)
  else if constexpr (kFields == 11) GATELESS_TIE(GATELESS_TO_8, f9, f10, f11)
  else if constexpr (kFields == 12) GATELESS_TIE(GATELESS_TO_8, f9, f10, f11, f12)
  else if constexpr (kFields == 13) GATELESS_TIE(GATELESS_TO_8, f9, f10, f11, f12, f13)
  else if constexpr (kFields == 14) GATELESS_TIE(GATELESS_TO_8, f9, f10, f11, f12, f13, f14)
  else if constexpr (kFields == 15) GATELESS_TIE(GATELESS_TO_8, f9, f10, f11, f12, f13, f14, f15)
  else if constexpr (kFields == 16) GATELESS_TIE(GATELESS_TO_8, f9, f10, f11, f12, f13, f14, f15, f16)
  else if constexpr (kFields == 17) GATELESS_TIE(GATELESS_TO_16, f17)
  else if constexpr (kFields == 18) GATELESS_TIE(GATELESS_TO_16, f17, f18)
  else if constexpr (kFields == 19) GATELESS_TIE(GATELESS_TO_16, f17, f18, f19)
  else if constexpr (kFields == 20) GATELESS_TIE(GATELESS_TO_16, f17, f18, f19, f20)
  else if constexpr (kFields == 21) GATELESS_TIE(GATELESS_TO_16, f17, f18, f19, f20, f21)
  else if constexpr (kFields == 22) GATELESS_TIE(GATELESS_TO_16, f17, f18, f19, f20, f21, f22)
  else if constexpr (kFields == 23) GATELESS_TIE(GATELESS_TO_16, f17, f18, f19, f20, f21, f22, f23)
  else if constexpr (kFields == 24) GATELESS_TIE(GATELESS_TO_16, f17, f18, f19, f20, f21, f22, f23, f24)
  else if constexpr (kFields == 25) GATELESS_TIE(GATELESS_TO_24, f25)
  else if constexpr (kFields == 26) GATELESS_TIE(GATELESS_TO_24, f25, f26)
  else if constexpr (kFields == 27) GATELESS_TIE(GATELESS_TO_24, f25, f26, f27)
  else if constexpr (kFields == 28) GATELESS_TIE(GATELESS_TO_24, f25, f26, f27, f28)
  else if constexpr (kFields == 29) GATELESS_TIE(GATELESS_TO_24, f25, f26, f27, f28, f29)
  else if constexpr (kFields == 30) GATELESS_TIE(GATELESS_TO_24, f25, f26, f27, f28, f29, f30)
  else if constexpr (kFields == 31) GATELESS_TIE(GATELESS_TO_24, f25, f26, f27, f28, f29, f30, f31)
  else if constexpr (kFields == 32) GATELESS_TIE(GATELESS_TO_24, f25, f26, f27, f28, f29, f30, f31, f32)
  else if constexpr (kFields == 33) GATELESS_TIE(GATELESS_TO_32, f33)
  else if constexpr (kFields == 34) GATELESS_TIE(GATELESS_TO_32, f33, f34)
  else if constexpr (kFields == 35) GATELESS_TIE(GATELESS_TO_32, f33, f34, f35)
  else if constexpr (kFields == 36) GATELESS_TIE(GATELESS_TO_32, f33, f34, f35, f36)
  else if constexpr (kFields == 37) GATELESS_TIE(GATELESS_TO_32, f33, f34, f35, f36, f37)
  else if constexpr (kFields == 38) GATELESS_TIE(GATELESS_TO_32, f33, f34, f35, f36, f37, f38)
  else if constexpr (kFields == 39) GATELESS_TIE(GATELESS_TO_32, f33, f34, f35, f36, f37, f38, f39)
  else if constexpr (kFields == 40) GATELESS_TIE(GATELESS_TO_32, f33, f34, f35, f36, f37, f38, f39, f40)
  else if constexpr (kFields == 41) GATELESS_TIE(GATELESS_TO_40, f41)
  else if constexpr (kFields == 42) GATELESS_TIE(GATELESS_TO_40, f41, f42)
  else if constexpr (kFields == 43) GATELESS_TIE(GATELESS_TO_40, f41, f42, f43)
  else if constexpr (kFields == 44) GATELESS_TIE(GATELESS_TO_40, f41, f42, f43, f44)
  else if constexpr (kFields == 45) GATELESS_TIE(GATELESS_TO_40, f41, f42, f43, f44, f45)
  else if constexpr (kFields == 46) GATELESS_TIE(GATELESS_TO_40, f41, f42, f43, f44, f45, f46)
  else if constexpr (kFields == 47) GATELESS_TIE(GATELESS_TO_40, f41, f42, f43, f44, f45, f46, f47)
  else if constexpr (kFields == 48) GATELESS_TIE(GATELESS_TO_40, f41, f42, f43, f44, f45, f46, f47, f48)
  // clang-format on
}
#undef GATELESS_TO_8
#undef GATELESS_TO_16
#undef GATELESS_TO_24
#undef GATELESS_TO_32
#undef GATELESS_TO_40
#undef GATELESS_TO_48
#undef GATELESS_TIE
// NOLINTEND(cppcoreguidelines-macro-usage)

}  // namespace gateless
