"""What the command line says of itself."""

ABOUT = """\
Which symmetry do these samples have? symlens learns the generator of a hidden one-parameter
symmetry and the coordinates in which it is a translation, and says whether it is real.
"""

EXAMPLES = """\
examples:
  symlens check data.csv                       is the file usable, is there enough in it?
  symlens fit data.csv -o run.nc               learn it
  symlens show run.nc -o figure.png            read the answer, look at it
  symlens transform run.nc data.csv -o canonical.npy
  symlens identify image.png -o found.png      which of the 17 plane groups has an image?

data files:
  .csv   a line per sample, a column per feature; a header is told by itself
  .npy   an array of shape (sample, feature)
  .npz   several such arrays; --variable names one
  .nc    a NetCDF variable of shape (sample, feature); --variable names it

exit codes: 0 done, 2 a mistake in command or files (one line says which), 130 interrupted.
No existing file is overwritten without --force.
"""

FIT = """\
Learn the symmetry of the samples in DATA and write it to a run file.

A run file holds all that is needed to apply the symmetry to new samples, the verdict
('symmetry', 'no symmetry' or 'not identifiable') with its evidence, and where it comes from.
"""

FIT_EXAMPLES = """\
examples:
  symlens fit data.csv -o run.nc
  symlens fit rings.nc --variable intensity --cyclic --seed 3 -o rings.run.nc
  symlens fit data.npy --samples 20000 --set rounds=2 -o quick.nc
"""

TRANSFORM = """\
Write the samples in DATA in the canonical representation of RUN, in which the symmetry is a
translation by one pixel: y = ((x - mean) / scale) M.
"""

TRANSFORM_EXAMPLES = """\
examples:
  symlens transform run.nc data.csv -o canonical.csv
  symlens transform run.nc new.nc --variable x -o canonical.nc
"""

CHECK = """\
Say whether the samples in DATA can be learned from, and whether they hold enough evidence to
identify a symmetry, if there is one. It takes seconds; nothing is learned and nothing written.
"""

SHOW = """\
Print what a run file says; with -o also draw it: the learned generator, the resolving filter,
held-out samples as given and in canonical coordinates, the statistic against its null
distribution. The figure's kind is told by its ending: .png, .pdf or .svg.
"""

COST = """\
Estimate what the trainings of CONFIG with the method 'official' take on this machine, with the
threads that it would use: a few steps of every kind are timed and multiplied. Nothing is learned.
"""

COST_EXAMPLES = """\
examples:
  symlens cost config/experiments.yaml
  OMP_NUM_THREADS=1 symlens cost config/paper.yaml -o cost.csv
"""

GAIN = """\
Say how many samples a symmetry saves in kernel ridge regression, before any is drawn: rates with
and without it, what the group is worth, and exact finite counts beside the size of the group.
"""

GAIN_EXAMPLES = """\
examples:
  symlens gain --manifold T2 --group Z4xZ4 --smoothness 2 --samples 1000
  symlens gain --manifold S2 --group 'so(2)' --smoothness 2 --risk 0.01
  symlens gain --manifold T10 --group signs --smoothness 6

manifolds: T<D> (flat torus, side 2 pi), S<m> (unit sphere), products such as T2xS2
groups:    translations(m1,m2,...) or Z<m1>xZ<m2>..., signs, permutations, hyperoctahedral,
           antipode, circle(v1,v2,...), subtorus(k), so(k), hopf; for a product one per factor,
           joined by x, 'trivial' for none
"""

IDENTIFY = """\
Say which of the 17 plane groups an image has, with probabilities, its cell and origin, or that it
does not repeat. IMAGE is a picture (.png, .jpg, .tif, ...) or an array (.npy) that shows at least
about four cells. With -o, draw it with its cell, axes, mirrors and glides.
"""
