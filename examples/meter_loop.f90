! SPDX-License-Identifier: MIT
! Meters a loop:  gfortran meter_loop.f90 -lgreenmile-energy && ./a.out
program meter_loop
  use, intrinsic :: iso_c_binding
  implicit none
  interface
    function run_open() bind(c, name="gm_run_open")
      import
      type(c_ptr) :: run_open
    end function
    integer(c_int) function run_set(run, name, value) bind(c, name="gm_run_set")
      import
      type(c_ptr), value :: run
      character(kind=c_char), intent(in) :: name(*), value(*)
    end function
    integer(c_int) function run_start(run) bind(c, name="gm_run_start")
      import
      type(c_ptr), value :: run
    end function
    real(c_double) function run_stop_j(run) bind(c, name="gm_run_stop_j")
      import
      type(c_ptr), value :: run
    end function
    real(c_double) function run_low_j(run) bind(c, name="gm_run_low_j")
      import
      type(c_ptr), value :: run
    end function
    real(c_double) function run_high_j(run) bind(c, name="gm_run_high_j")
      import
      type(c_ptr), value :: run
    end function
    subroutine run_close(run) bind(c, name="gm_run_close")
      import
      type(c_ptr), value :: run
    end subroutine
  end interface
  type(c_ptr) :: run
  real(c_double) :: total, joules
  integer :: i

  run = run_open()
  if (run_set(run, "country" // c_null_char, "WLD" // c_null_char) /= 0) error stop "no such country"
  if (run_start(run) /= 0) error stop "the meter does not start"
  total = 0
  do i = 1, 200000000
    total = total + 1d0 / i
  end do
  joules = run_stop_j(run)
  print '(a, f10.6, a, g0.4, a, g0.4, a, g0.4, a)', "sum ", total, ": ", joules, " J (95 %: ", run_low_j(run), &
    " to ", run_high_j(run), ")"
  call run_close(run)
end program
