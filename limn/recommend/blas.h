// OpenBLAS as this layer uses it: one thread a call, so that sums never depend on how many there
// are.
#pragma once

namespace limn {

// To be called before any call into OpenBLAS. Affects the whole process; costs nothing when done
// already.
void use_one_blas_thread();

}  // namespace limn
