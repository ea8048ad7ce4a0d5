// The door for clang's libFuzzer: GATELESS_FUZZ names the target. GATELESS_SEEDS names a folder to write its seeds to.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "tests/fuzz/targets.hpp"

namespace {

gateless::fuzz::Target chosen() {
  const char* name = std::getenv("GATELESS_FUZZ");
  for (gateless::fuzz::Target& target : gateless::fuzz::targets()) {
    if (name != nullptr && target.name == name) return target;
  }
  std::fputs("fuzz: GATELESS_FUZZ names no target; see tests/fuzz/targets.hpp\n", stderr);
  std::exit(2);
}

const gateless::fuzz::Target& target() {
  static const gateless::fuzz::Target one = chosen();
  return one;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  const char* folder = std::getenv("GATELESS_SEEDS");
  if (folder == nullptr) return 0;
  int number = 0;
  for (const std::string& seed : target().seeds()) {
    std::ofstream(folder + ("/seed" + std::to_string(number++)), std::ios::binary) << seed;
  }
  std::exit(0);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)target().run({reinterpret_cast<const char*>(data), size});
  return 0;
}
