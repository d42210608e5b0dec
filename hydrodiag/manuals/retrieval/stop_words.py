"""Words that tell no passage from another, in both languages; questions are full of them."""

_ENGLISH = """
a an the and or but if so than then as at by for from in into of on onto out over per to up upon
with without is are was were be been being am do does did done doing have has had having will would
shall should can could may might must i me my mine we us our you your he him his she her it its they
them their this that these those there here what which who whom whose when where why how not no nor
only own same such too very just also again once any all each some more most other both few get got
go goes going come comes let please tell me say know want need needed give show find explain does
actually exactly really thing something anything someone happens happen
quite rather enough still yet whole entire look looks like seem seems use used using make makes made

"""
_RUSSIAN = """
а без более бы был была были было быть в вам вас весь во вот все всего всех вы где да даже для до
его ее если есть еще же за здесь и из или им их к как какая какие каким какими каких какого какое
какой каком какую ко когда кто куда ли либо мне мой может можно мы на над надо нам нас наш не него
нее ней нет ни них но ну нужен нужна нужно нужны о об однако он она они оно от по под подскажите
пожалуйста покажите при про с сам свой себя скажите со так также такое такой там те тем то того тоже
той только том тот ты у уже чего чей чем через что чтобы эта эти это этого этой этом этот эту я дело
делать сделать должен должна должно должны будет будут есть хочу знать объясните бывает
слишком очень сильно совсем довольно сколько похоже кажется вообще целый весь свои наша наши
длится происходит случается почему зачем
"""
STOP_WORDS = frozenset(_ENGLISH.split()) | frozenset(_RUSSIAN.replace("ё", "е").split())
