"""Words that people write every day and that must not be taken for a slip of something else.

"went" is not "rent" gone wrong, "lemon" not Lemont. English and Spanish, without accents.
"""

COMMON_WORDS = frozenset(
    """
    about above across after again against ahead almost alone along already although always among
    another anyone anything around asked asking because become before began behind being below
    between black bought bread break bring broke broken brother brought build called calling came
    cannot caught chance change cheap check clean clear close closed coming could count couple
    course daily doing door dream drink drive driver early earth eight either enough every evening
    everyone everything except family father feel feeling fight figure final finally first found
    friend friends front funny given going gonna good great green group guess happen happened
    happy hard heard heart heavy hello helped helping here hold hope hours house however hundred
    husband idea important inside instead issue joint just keep kind knew know large last later
    laugh learn least leave leaving left lemon less letter level light listen little lives living
    local long look looking lost lots loud love lower lucky made maybe mean meant might mind
    minute moment money month months more morning mother mouth move moved moving much must myself
    near nearly need needed never next nice night nothing notice number nurse offer often okay
    open other others ours outside over paper parent part party pass past people person phone
    place plan plane plate plates play please point power pretty price probably problem proof
    quick quiet quite rather reach read ready real really reason rest return right round running
    said same saved saying says school second seem seen send sent seven several shall share sharp
    short should show sick since single sister sitting sleep slow small smart some someone
    something sometimes soon sorry sound speak spend spent stand start started state stay still
    stop stopped store story straight street strong stuff such sure table take taken taking talk
    tell thank thanks that their them then there these they thing things think third this those
    though thought three through time tired today together told tomorrow tonight took touch
    toward town tried trouble true trust truth trying turn twice under until upset used usually
    very visit voice wait waiting walk want wanted watch water week weeks well went were what
    when where whether which while white whole whose wife will window wish with within without
    woman women wonder word words work worked working world worried worse worst worth would write
    wrong year years yesterday young your yours yourself walking talking wheel wheels shower
    spring springs summer winter hotel bored board beans bread cereal chicken juliet madison
    sandwich lemonade general medical plain plains darling listen little lease leased
    abajo abierto acaso acerca adonde ahora ahorita alguien algun alguna algunos alguno alla allá
    amiga amigo andar antes apenas aqui arriba asunto aunque ayer bastante bien bueno buenas
    buenos cada calle cambio camino cansada cansado carro casa casi cerca claro como comprar
    conmigo contra corazon cosa cosas creo cuando cuanto cuarto cuenta cuidado culpa dado debajo
    debe debo decir dejar dejo dentro desde despues dia dias dice dicen dicho diez dinero dios
    donde dormir ellas ellos embargo encima encontrar entonces entre escuela esperar espero
    esposa esposo estaba estado estamos estan estar estas este estos estoy familia favor fecha
    feliz fuera fuerte fuimos gente gracias grande gusta haber habia hablar hace hacer hacia
    hago hasta hecho hermana hermano hija hijas hijo hijos hola hombre hombres hora horas
    hoy igual ir jamas joven juntos lado lejos lista listo llama llamar llego llevar lleva luego
    lugar luna lunes madre mamá mama manana mañana mano martes mas mejor menos mensaje mes mesa
    meses miedo miercoles mientras mirar misma mismo momento mucha muchas mucho muchos mujer
    mujeres mundo nada nadie ninguna ninguno niña niñas niño niños noche noches nombre nosotros
    nueva nuevo nunca numero ocho otra otras otro otros padre padres pagar papa papá para parece
    parte pasa pasado pasar pedir pensar peor pequeña pequeño perder perdi perdon pero persona
    personas pienso pobre poca poco podemos poder podria ponen poner porque preguntar primera
    primero pronto puede pueden puedo pues punto quedar quede quien quienes quiere quiero quince
    quiza quizas razon recibir saber sabe sabes salir salio seguir seguro seis semana semanas
    senor señor señora sentir siempre siento siete sigo sirve sobre solamente sola solo somos
    soy suerte tambien tampoco tanto tarde telefono tener tengo tenia tiempo tiene tienen
    tienes tipo toda todas todavia todo todos tomar trabajo tres triste ultima ultimo unos usted
    ustedes vamos varias varios veces venir verdad viejo viene viernes vine visto vivir vivo
    volver vuelta sabado domingo jueves medio media
    cocina estufa entiendo cliente llave papel cargo cuatro caido cerro borracha respirar novia
    empieza termina nervioso solicitudes talla altisimo carisima marino visita
    coach county counties status consulate staff shopping speaking starting smell smells queen
    double scares wrote charged placed steel grinding literally closer collections checkout linens
    cover covers hiding denial warning filed looked raise listed apart
    """.split()  # noqa: SIM905  # nobody would edit them as a list of quoted words
)
